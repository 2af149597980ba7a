import type { CallerError } from '../../wire/caller-error.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { NOTHING_USED, type Usage } from '../../wire/usage.ts';
import type { AnswerContext, StreamEncoder } from '../dialect.ts';
import { foreignState } from '../foreign-state.ts';
import { ownFields } from '../opaque.ts';
import { encodeError } from './encode-error.ts';
import { encodeStopReason } from './stop-reason.ts';
import { encodeUsage } from './usage.ts';

type Finish = Extract<StreamEvent, { readonly type: 'finish' }>;
type Block = 'text' | 'thinking' | 'tool_use';

/**
 * Anthropic's event order: message_start, then blocks one after the other, then message_delta with stop reason and
 * usage, message_stop. Of several choices the first is told.
 */
export class AnthropicStreamEncoder implements StreamEncoder {
  private readonly context: AnswerContext;
  private head: Extract<StreamEvent, { readonly type: 'message-start' }> | undefined;
  private started = false;
  private open: Block | undefined;
  private index = -1;
  /** Block index of each call, for pieces of a call that come after the next call has begun. */
  private readonly calls = new Map<number, number>();
  private finish: Finish | undefined;
  private usage: Usage | undefined;

  constructor(context: AnswerContext) {
    this.context = context;
  }

  push(event: StreamEvent): string {
    if ('choice' in event && (event.choice ?? 0) > 0) return '';
    switch (event.type) {
      case 'message-start':
        // Told with what comes next: usage that is known by then belongs into it.
        this.head ??= event;
        return '';
      case 'text-delta':
      case 'refusal-delta':
        return event.text === '' ? '' : this.text('text', 'text_delta', 'text', event.text);
      case 'reasoning-delta':
        return event.text === '' ? '' : this.text('thinking', 'thinking_delta', 'thinking', event.text);
      case 'reasoning-signature':
        return this.text('thinking', 'signature_delta', 'signature', event.signature) + this.close();
      case 'redacted-reasoning':
        return this.whole({ type: 'redacted_thinking', data: event.data });
      case 'tool-call-start':
        return this.toolCall(event);
      case 'tool-call-delta':
        return this.argumentsDelta(event.index, event.argumentsJson);
      case 'usage':
        this.usage = event.usage;
        return '';
      case 'finish':
        this.finish ??= event;
        return '';
      case 'error':
      case 'image':
      case 'other':
        return '';
    }
  }

  end(): string {
    const opening = this.start();
    const reason = encodeStopReason(this.finish?.reason, this.finish?.stopSequence);
    const usage = this.usage === undefined ? { output_tokens: 0 } : encodeUsage(this.usage);
    const delta = sse('message_delta', { delta: { stop_reason: reason, stop_sequence: this.finish?.stopSequence ?? null }, usage });
    return opening + this.close() + delta + sse('message_stop', {});
  }

  fail(error: CallerError): string {
    return `event: error\ndata: ${JSON.stringify(encodeError(error, this.context.requestId))}\n\n`;
  }

  private start(): string {
    if (this.started) return '';
    this.started = true;
    return sse('message_start', {
      message: {
        id: this.head?.id ?? this.context.requestId,
        type: 'message',
        role: 'assistant',
        model: this.head?.model ?? this.context.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        // Not known yet where the provider tells usage at the end; message_delta has it.
        usage: encodeUsage(this.usage ?? NOTHING_USED),
      },
    });
  }

  private text(block: 'text' | 'thinking', delta: string, member: string, text: string): string {
    const empty: JsonObject = block === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' };
    const opening = this.open === block ? '' : this.openBlock(block, empty);
    return `${opening}event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.index},"delta":{"type":"${delta}","${member}":${JSON.stringify(text)}}}\n\n`;
  }

  private toolCall(event: Extract<StreamEvent, { readonly type: 'tool-call-start' }>): string {
    const own = ownFields(event.opaque, 'anthropic-messages');
    const state = foreignState(event.opaque, 'anthropic-messages').map((data) => this.whole({ type: 'redacted_thinking', data }));
    const opening = state.join('') + this.openBlock('tool_use', { type: 'tool_use', id: event.id, name: event.name, input: {}, ...own });
    this.calls.set(event.index, this.index);
    return opening;
  }

  private argumentsDelta(call: number, text: string): string {
    const index = this.calls.get(call);
    if (index === undefined || text === '') return '';
    return sse('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: text } });
  }

  private openBlock(type: Block, block: JsonObject): string {
    const before = this.start() + this.close();
    this.open = type;
    this.index++;
    return before + sse('content_block_start', { index: this.index, content_block: block });
  }

  private whole(block: JsonObject): string {
    return this.openBlock('text', block) + this.close();
  }

  private close(): string {
    if (this.open === undefined) return '';
    this.open = undefined;
    return sse('content_block_stop', { index: this.index });
  }
}

function sse(type: string, members: { readonly [name: string]: Json }): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
}
