import type { CallerError } from '../../wire/caller-error.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { FinishReason, PictureSource, StreamEvent } from '../../wire/stream-event.ts';
import type { Usage } from '../../wire/usage.ts';
import type { AnswerContext, StreamEncoder } from '../dialect.ts';
import { foreignState } from '../foreign-state.ts';
import { CallStream } from './call-stream.ts';
import { CustomCallStream } from './custom-call-stream.ts';
import { OutputStream } from './output-stream.ts';
import { itemState } from './reasoning-item.ts';
import { itemId, pictureItems, type ResponseHead, reasoningItem, responseObject } from './response-object.ts';
import { type TextKind, TextStream } from './text-stream.ts';

/**
 * Events of a responses stream in the order OpenAI sends them: created, in_progress, then per output item added,
 * deltas, done, and last completed or incomplete with the whole response.
 */
export class ResponsesStreamEncoder implements StreamEncoder {
  private readonly context: AnswerContext;
  private readonly output = new OutputStream();
  private readonly calls = new Map<number, CallStream | CustomCallStream>();
  private head: ResponseHead | undefined;
  private open: TextStream | undefined;
  private finish: FinishReason | undefined;
  private usage: Usage | undefined;

  constructor(context: AnswerContext) {
    this.context = context;
  }

  push(event: StreamEvent): string {
    if ('choice' in event && (event.choice ?? 0) > 0) return '';
    switch (event.type) {
      case 'message-start':
        return this.start(event);
      case 'text-delta':
        return this.text('text', event.text);
      case 'refusal-delta':
        return this.text('refusal', event.text);
      case 'reasoning-delta':
        return this.text('reasoning', event.text);
      case 'reasoning-signature':
        return this.sign(itemState({ signature: event.signature }));
      case 'redacted-reasoning':
        return this.begin() + this.close() + this.wholeReasoning(itemState({ data: event.data }));
      case 'image':
        return this.begin() + this.close() + this.picture(event.source);
      case 'tool-call-start':
        return this.begin() + this.close() + this.call(event);
      case 'tool-call-delta':
        return this.calls.get(event.index)?.delta(event.argumentsJson) ?? '';
      case 'usage':
        this.usage = event.usage;
        return '';
      case 'finish':
        this.finish ??= event.reason;
        return '';
      case 'error':
      case 'other':
        return '';
    }
  }

  end(): string {
    const finish = this.finish ?? { unified: 'stop', raw: '' };
    let text = this.begin() + this.close();
    for (const call of this.calls.values()) text += call.close(finish.unified === 'length');
    const response = responseObject(this.headOf({ type: 'message-start' }), this.output.items, this.usage, finish);
    return text + this.output.event(response['status'] === 'incomplete' ? 'response.incomplete' : 'response.completed', { response });
  }

  fail(error: CallerError): string {
    return this.output.event('error', { code: error.code, message: error.message, param: error.param ?? null });
  }

  private start(event: Extract<StreamEvent, { readonly type: 'message-start' }>): string {
    if (this.head !== undefined) return '';
    this.head = this.headOf(event);
    const response = responseObject(this.head, [], undefined, 'in_progress');
    return this.output.event('response.created', { response }) + this.output.event('response.in_progress', { response });
  }

  private begin(): string {
    return this.start({ type: 'message-start' });
  }

  private headOf(event: Extract<StreamEvent, { readonly type: 'message-start' }>): ResponseHead {
    return (
      this.head ?? {
        id: event.id ?? this.context.requestId,
        model: event.model ?? this.context.model,
        createdSeconds: event.createdSeconds ?? this.context.nowSeconds,
      }
    );
  }

  private text(kind: TextKind, delta: string): string {
    if (delta === '') return '';
    let before = this.begin();
    if (this.open?.kind !== kind) {
      before += this.close();
      this.open = new TextStream(kind, this.nextId(kind === 'reasoning' ? 'rs' : 'msg'), this.output);
      before += this.open.begin();
    }
    return before + this.open.delta(delta);
  }

  private sign(state: JsonObject): string {
    if (this.open?.kind !== 'reasoning') return this.begin() + this.close() + this.wholeReasoning(state);
    const text = this.open.close(state);
    this.open = undefined;
    return text;
  }

  private wholeReasoning(state: JsonObject): string {
    const item = reasoningItem(this.nextId('rs'), '', state);
    return this.item(item, item);
  }

  private picture(source: PictureSource): string {
    const [item] = pictureItems(this.nextId('ig'), source);
    return item === undefined ? '' : this.item({ ...item, status: 'in_progress', result: null }, item);
  }

  private item(begun: JsonObject, finished: JsonObject): string {
    const index = this.output.reserve();
    return this.output.event('response.output_item.added', { output_index: index, item: begun }) + this.output.finish(index, finished);
  }

  private call(event: Extract<StreamEvent, { readonly type: 'tool-call-start' }>): string {
    const state = foreignState(event.opaque, 'openai-responses').map((data) => this.wholeReasoning(itemState({ data })));
    const custom = this.context.customTools?.has(event.name) === true;
    const call = custom
      ? new CustomCallStream(event, this.nextId('ctc'), this.output)
      : new CallStream(event, this.nextId('fc'), this.output);
    this.calls.set(event.index, call);
    return state.join('') + call.begin();
  }

  private close(): string {
    const text = this.open?.close({}) ?? '';
    this.open = undefined;
    return text;
  }

  private nextId(prefix: string): string {
    return itemId(prefix, this.headOf({ type: 'message-start' }), this.output.count);
  }
}
