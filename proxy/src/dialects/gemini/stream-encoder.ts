import type { CallerError } from '../../wire/caller-error.ts';
import type { JsonObject } from '../../wire/json.ts';
import { parseJson } from '../../wire/read-json.ts';
import type { FinishReason, StreamEvent } from '../../wire/stream-event.ts';
import type { Usage } from '../../wire/usage.ts';
import type { AnswerContext, StreamEncoder } from '../dialect.ts';
import { extrasOf } from './candidate-extras.ts';
import { callPart, picturePart, redactedPart, signaturePart, thoughtPart } from './encode-answer-part.ts';
import { encodeError } from './encode-error.ts';
import { encodeFinishReason } from './finish-reason.ts';
import { StreamFraming } from './stream-framing.ts';
import { DIALECT } from './thought-signature.ts';
import { encodeUsage } from './usage.ts';

type CallStart = Extract<StreamEvent, { readonly type: 'tool-call-start' }>;

interface OpenCall {
  readonly start: CallStart;
  argumentsJson: string;
}

interface ChoiceState {
  readonly calls: Map<number, OpenCall>;
  finish: FinishReason | undefined;
}

/** Arguments beyond this are not passed on: Gemini has whole calls only, and something has to end the waiting. */
const MAX_ARGUMENTS_LENGTH = 8 * 1024 * 1024;

/**
 * Pieces of `streamGenerateContent`. Text goes out as it comes; a call when it is whole, since Gemini's clients expect
 * it in one piece; reason and usage in the last piece.
 */
export class GeminiStreamEncoder implements StreamEncoder {
  private readonly context: AnswerContext;
  private readonly framing: StreamFraming;
  private readonly choices = new Map<number, ChoiceState>();
  private tail: JsonObject;
  private usage: Usage | undefined;

  constructor(context: AnswerContext) {
    this.context = context;
    this.framing = new StreamFraming(context.framing ?? 'sse');
    this.tail = { modelVersion: context.model, responseId: context.requestId };
  }

  push(event: StreamEvent): string {
    switch (event.type) {
      case 'message-start':
        this.tail = { modelVersion: event.model ?? this.context.model, responseId: event.id ?? this.context.requestId };
        return '';
      case 'text-delta':
      case 'refusal-delta':
        return event.text === '' ? '' : this.part(event.choice, { text: event.text });
      case 'reasoning-delta':
        return event.text === '' ? '' : this.part(event.choice, thoughtPart(event.text));
      case 'reasoning-signature':
        return this.part(0, signaturePart('', event.signature));
      case 'redacted-reasoning':
        return this.part(0, redactedPart(event.data));
      case 'image':
        return this.part(event.choice, picturePart(event.source, event.opaque));
      case 'other':
        return event.dialect === DIALECT ? this.own(event.value) : '';
      case 'tool-call-start':
        this.choice(event.choice).calls.set(event.index, { start: event, argumentsJson: '' });
        return '';
      case 'tool-call-delta':
        this.addArguments(event);
        return '';
      case 'usage':
        this.usage = event.usage;
        return '';
      case 'finish':
        this.choice(event.choice).finish = event.reason;
        return '';
      case 'error':
        return '';
    }
  }

  end(): string {
    this.choice(0);
    let text = '';
    const last = [...this.choices].sort(([left], [right]) => left - right);
    for (const [index, choice] of last) text += this.flush(index, choice, true);
    const candidates = last.map(([index, choice]) => ({
      content: { parts: [{ text: '' }], role: 'model' },
      finishReason: encodeFinishReason(choice.finish),
      index,
    }));
    const usageMetadata = this.usage === undefined ? {} : { usageMetadata: encodeUsage(this.usage) };
    return text + this.framing.frame({ candidates, ...usageMetadata, ...this.tail }) + this.framing.end();
  }

  fail(error: CallerError): string {
    return this.framing.fail(encodeError(error, this.context.requestId));
  }

  private own(value: JsonObject): string {
    const extras = extrasOf(value);
    return extras === undefined ? this.part(0, value) : this.framing.frame({ candidates: [{ ...extras, index: 0 }], ...this.tail });
  }

  /** A part behind the calls that are whole by now. */
  private part(index: number | undefined, part: JsonObject): string {
    const choice = this.choice(index);
    return this.flush(index ?? 0, choice, false) + this.piece(index ?? 0, part);
  }

  private piece(index: number, part: JsonObject): string {
    return this.framing.frame({ candidates: [{ content: { parts: [part], role: 'model' }, index }], ...this.tail });
  }

  private flush(index: number, choice: ChoiceState, all: boolean): string {
    let text = '';
    for (const [key, { start, argumentsJson }] of choice.calls) {
      if (!all && parseJson(argumentsJson) === undefined) continue;
      choice.calls.delete(key);
      text += this.piece(index, callPart({ ...start, argumentsJson }));
    }
    return text;
  }

  private addArguments(event: Extract<StreamEvent, { readonly type: 'tool-call-delta' }>): void {
    const call = this.choice(event.choice).calls.get(event.index);
    if (call !== undefined && call.argumentsJson.length < MAX_ARGUMENTS_LENGTH) call.argumentsJson += event.argumentsJson;
  }

  private choice(index = 0): ChoiceState {
    let choice = this.choices.get(index);
    if (choice === undefined) {
      choice = { calls: new Map(), finish: undefined };
      this.choices.set(index, choice);
    }
    return choice;
  }
}
