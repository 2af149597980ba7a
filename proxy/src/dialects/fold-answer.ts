import type { AssistantPart } from '../wire/chat-call.ts';
import type { JsonObject } from '../wire/json.ts';
import type { FinishReason, PictureSource, StreamEvent } from '../wire/stream-event.ts';
import type { Usage } from '../wire/usage.ts';

/** A whole answer, put together from its events. */
export interface FoldedAnswer {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly createdSeconds: number | undefined;
  /** By choice index; at least one. */
  readonly choices: readonly FoldedChoice[];
  readonly usage: Usage | undefined;
}

/** What answers are made of: what comes back in a history, and pictures. */
export type AnswerPart = AssistantPart | Picture;

export interface Picture {
  readonly type: 'image';
  readonly source: PictureSource;
  readonly opaque?: JsonObject;
}

export interface FoldedChoice {
  readonly index: number;
  /** In the order of the events; neighbouring deltas of one kind are one part. */
  readonly parts: readonly AnswerPart[];
  readonly finish: FinishReason | undefined;
  readonly stopSequence: string | undefined;
}

interface OpenChoice {
  readonly index: number;
  readonly parts: AnswerPart[];
  /** Position in `parts` of each tool call. */
  readonly calls: Map<number, number>;
  finish: FinishReason | undefined;
  stopSequence: string | undefined;
}

/** Folds the events of a stream, or of a decoded blocking answer, so that every block type is handled once. */
export function foldAnswer(events: readonly StreamEvent[]): FoldedAnswer {
  const fold = new Fold();
  for (const event of events) fold.push(event);
  return fold.answer();
}

class Fold {
  private start: Extract<StreamEvent, { readonly type: 'message-start' }> | undefined;
  private usage: Usage | undefined;
  private readonly choices = new Map<number, OpenChoice>();

  push(event: StreamEvent): void {
    switch (event.type) {
      case 'message-start':
        this.start ??= event;
        return;
      case 'usage':
        this.usage = event.usage;
        return;
      case 'error':
        return;
      case 'finish': {
        const choice = this.choice(event.choice);
        choice.finish = event.reason;
        choice.stopSequence = event.stopSequence;
        return;
      }
      case 'reasoning-signature':
        sign(this.choice(0), event.signature);
        return;
      case 'redacted-reasoning':
        this.choice(0).parts.push({ type: 'redacted-reasoning', data: event.data });
        return;
      case 'image': {
        const { type, source, opaque } = event;
        this.choice(event.choice).parts.push({ type, source, ...(opaque !== undefined && { opaque }) });
        return;
      }
      case 'other':
        this.choice(0).parts.push({ type: 'other', dialect: event.dialect, value: event.value });
        return;
      default:
        addDelta(this.choice(event.choice), event);
    }
  }

  answer(): FoldedAnswer {
    const choices = [...this.choices.values()].sort((left, right) => left.index - right.index);
    return {
      id: this.start?.id,
      model: this.start?.model,
      createdSeconds: this.start?.createdSeconds,
      choices: choices.length > 0 ? choices : [this.choice(0)],
      usage: this.usage,
    };
  }

  private choice(index = 0): OpenChoice {
    let choice = this.choices.get(index);
    if (choice === undefined) {
      choice = { index, parts: [], calls: new Map(), finish: undefined, stopSequence: undefined };
      this.choices.set(index, choice);
    }
    return choice;
  }
}

type Delta = Extract<
  StreamEvent,
  { readonly type: 'text-delta' | 'refusal-delta' | 'reasoning-delta' | 'tool-call-start' | 'tool-call-delta' }
>;

function addDelta(choice: OpenChoice, event: Delta): void {
  switch (event.type) {
    case 'text-delta':
      appendText(choice.parts, 'text', event.text);
      return;
    case 'refusal-delta':
      appendText(choice.parts, 'refusal', event.text);
      return;
    case 'reasoning-delta':
      appendText(choice.parts, 'reasoning', event.text);
      return;
    case 'tool-call-start':
      choice.calls.set(event.index, choice.parts.length);
      choice.parts.push({
        type: 'tool-call',
        id: event.id,
        name: event.name,
        argumentsJson: '',
        ...(event.opaque !== undefined && { opaque: event.opaque }),
      });
      return;
    case 'tool-call-delta': {
      const at = choice.calls.get(event.index);
      const call = at === undefined ? undefined : choice.parts[at];
      if (at === undefined || call?.type !== 'tool-call') return;
      choice.parts[at] = { ...call, argumentsJson: call.argumentsJson + event.argumentsJson };
    }
  }
}

function appendText(parts: AnswerPart[], type: 'text' | 'refusal' | 'reasoning', text: string): void {
  const last = parts.at(-1);
  const signed = last?.type === 'reasoning' && last.signature !== undefined;
  if (last?.type === type && !signed) parts[parts.length - 1] = { ...last, text: last.text + text };
  else parts.push({ type, text });
}

/** A signature closes the reasoning before it; one without any text is a block of its own (Anthropic, display omitted). */
function sign(choice: OpenChoice, signature: string): void {
  const last = choice.parts.at(-1);
  if (last?.type === 'reasoning' && last.signature === undefined) choice.parts[choice.parts.length - 1] = { ...last, signature };
  else choice.parts.push({ type: 'reasoning', text: '', signature });
}
