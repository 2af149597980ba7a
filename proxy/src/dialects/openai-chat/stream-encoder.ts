import type { CallerError } from '../../wire/caller-error.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { FinishReason, StreamEvent } from '../../wire/stream-event.ts';
import type { Usage } from '../../wire/usage.ts';
import { CustomInputReader } from '../custom-input-reader.ts';
import type { AnswerContext, StreamEncoder } from '../dialect.ts';
import { ownFields } from '../opaque.ts';
import { encodeError } from './encode-error.ts';
import { encodeFinishReason } from './finish-reason.ts';
import { encodePicture } from './pictures.ts';
import { encryptedDetail, signedDetail } from './reasoning-details.ts';
import { encodeUsage } from './usage.ts';

interface ChoiceState {
  readonly index: number;
  /** Calls without arguments so far: they get `{}` in the end. */
  readonly bareCalls: Set<number>;
  /** Calls of custom tools. */
  readonly customCalls: Map<number, CustomInputReader>;
  finish: FinishReason | undefined;
}

/**
 * `chat.completion.chunk` events as the openai SDKs require them (reference: section 5): the first delta of a choice
 * carries the role; a call's first piece index, id, type, name and string arguments; one finish_reason per choice; a
 * usage chunk only for callers who asked; `[DONE]`.
 */
export class OpenaiStreamEncoder implements StreamEncoder {
  private readonly context: AnswerContext;
  private readonly choices = new Map<number, ChoiceState>();
  private head = '';
  private usage: Usage | undefined;
  private reasoningText = '';
  private detailCount = 0;

  constructor(context: AnswerContext) {
    this.context = context;
    this.setHead({ type: 'message-start' });
  }

  push(event: StreamEvent): string {
    switch (event.type) {
      case 'message-start':
        if (this.choices.size > 0) return '';
        this.setHead(event);
        return this.open(0);
      case 'text-delta':
        return event.text === '' ? '' : this.delta(event.choice, `{"content":${JSON.stringify(event.text)}}`);
      case 'refusal-delta':
        return event.text === '' ? '' : this.delta(event.choice, `{"refusal":${JSON.stringify(event.text)}}`);
      case 'reasoning-delta':
        if ((event.choice ?? 0) === 0) this.reasoningText += event.text;
        return event.text === '' ? '' : this.delta(event.choice, `{"reasoning_content":${JSON.stringify(event.text)}}`);
      case 'reasoning-signature':
        return this.detail(signedDetail(this.reasoningText, event.signature, this.detailCount));
      case 'redacted-reasoning':
        return this.detail(encryptedDetail(event.data, this.detailCount));
      case 'image':
        return this.delta(event.choice, `{"images":[${JSON.stringify(encodePicture(event))}]}`);
      case 'tool-call-start':
        return this.toolCall(event);
      case 'tool-call-delta':
        return this.pieceOfCall(event);
      case 'usage':
        this.usage = event.usage;
        return '';
      case 'finish':
        return this.finish(event.choice, event.reason);
      // An error is told by `fail`; what only another dialect knows is not shown.
      case 'error':
      case 'other':
        return '';
    }
  }

  end(): string {
    let text = this.choices.size === 0 ? this.open(0) : '';
    for (const choice of this.choices.values()) {
      if (choice.finish === undefined) text += this.finish(choice.index, { unified: 'stop', raw: '' });
    }
    if (this.context.includeUsage && this.usage !== undefined)
      text += `${this.head}],"usage":${JSON.stringify(encodeUsage(this.usage))}}\n\n`;
    return `${text}data: [DONE]\n\n`;
  }

  fail(error: CallerError): string {
    return `data: ${JSON.stringify(encodeError(error))}\n\n`;
  }

  private setHead(start: Extract<StreamEvent, { readonly type: 'message-start' }>): void {
    const id = JSON.stringify(start.id ?? this.context.requestId);
    const model = JSON.stringify(start.model ?? this.context.model);
    const created = start.createdSeconds ?? this.context.nowSeconds;
    this.head = `data: {"id":${id},"object":"chat.completion.chunk","created":${created},"model":${model},"choices":[`;
  }

  private chunk(choice: number, delta: string, finish: string | null): string {
    const usage = this.context.includeUsage ? ',"usage":null' : '';
    return `${this.head}{"index":${choice},"delta":${delta},"finish_reason":${finish === null ? 'null' : `"${finish}"`}}]${usage}}\n\n`;
  }

  /** The role chunk, once per choice. */
  private open(choice: number): string {
    if (this.choices.has(choice)) return '';
    this.choices.set(choice, { index: choice, bareCalls: new Set(), customCalls: new Map(), finish: undefined });
    return this.chunk(choice, '{"role":"assistant","content":""}', null);
  }

  private delta(choice: number | undefined, delta: string): string {
    const opening = this.open(choice ?? 0);
    return opening + this.chunk(choice ?? 0, delta, null);
  }

  /** Each block once and whole: the SDK's accumulator keeps the last value of a member it does not know. */
  private detail(entry: JsonObject): string {
    this.detailCount++;
    this.reasoningText = '';
    return this.delta(0, `{"reasoning_details":[${JSON.stringify(entry)}]}`);
  }

  private toolCall(event: Extract<StreamEvent, { readonly type: 'tool-call-start' }>): string {
    const { index, id, name } = event;
    const custom = this.context.customTools?.has(name) === true;
    const made = custom ? { type: 'custom', custom: { name, input: '' } } : { type: 'function', function: { name, arguments: '' } };
    const piece = { index, id, ...made, ...ownFields(event.opaque, 'openai-chat') };
    const text = this.delta(event.choice, `{"tool_calls":[${JSON.stringify(piece)}]}`);
    const state = this.choices.get(event.choice ?? 0);
    if (custom) state?.customCalls.set(index, new CustomInputReader());
    else state?.bareCalls.add(index);
    return text;
  }

  private pieceOfCall({ index, choice, argumentsJson }: Extract<StreamEvent, { readonly type: 'tool-call-delta' }>): string {
    if (argumentsJson === '') return '';
    const state = this.choices.get(choice ?? 0);
    const custom = state?.customCalls.get(index);
    if (custom !== undefined) return this.inputDelta(choice, index, custom.push(argumentsJson));
    state?.bareCalls.delete(index);
    return this.argumentsDelta(choice, index, argumentsJson);
  }

  private inputDelta(choice: number | undefined, index: number, text: string): string {
    return text === '' ? '' : this.delta(choice, `{"tool_calls":[{"index":${index},"custom":{"input":${JSON.stringify(text)}}}]}`);
  }

  private argumentsDelta(choice: number | undefined, index: number, text: string): string {
    return this.delta(choice, `{"tool_calls":[{"index":${index},"function":{"arguments":${JSON.stringify(text)}}}]}`);
  }

  private finish(choice: number | undefined, reason: FinishReason): string {
    const opening = this.open(choice ?? 0);
    const state = this.choices.get(choice ?? 0);
    if (state === undefined || state.finish !== undefined) return '';
    state.finish = reason;
    let text = opening;
    for (const [index, custom] of state.customCalls) text += this.inputDelta(choice, index, custom.end());
    if (reason.unified !== 'length') for (const index of state.bareCalls) text += this.argumentsDelta(choice, index, '{}');
    return text + this.chunk(choice ?? 0, '{}', encodeFinishReason(reason));
  }
}
