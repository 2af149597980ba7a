import type { JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import type { StreamDecoder } from '../dialect.ts';
import { BlockDecoder, blockIndex } from './block-decoder.ts';
import { finishEvents, startEvent } from './decode-answer.ts';
import { providerError } from './provider-error.ts';
import { UsageMerger } from './usage.ts';

/** Events of Anthropic's messages stream; unknown ones are skipped, as its SDKs do. */
export class AnthropicStreamDecoder implements StreamDecoder {
  private readonly blocks = new BlockDecoder();
  private readonly usage = new UsageMerger();
  private finished = false;
  private stopped = false;

  get ended(): boolean {
    return this.finished && this.stopped;
  }

  push(event: SseEvent): readonly StreamEvent[] {
    const data = event.data.trim();
    if (data === '' || data === '[DONE]') return [];
    const body = asObject(parseJson(data));
    if (body === undefined)
      return [{ type: 'error', error: { message: 'the provider sent an event that is not a JSON object', code: 'malformed' } }];
    const error = providerError(event.event === 'error' && body['error'] === undefined ? { error: body } : body);
    if (error !== undefined) return [{ type: 'error', error }];
    return this.event(asString(body['type']) ?? event.event, body);
  }

  private event(type: string, body: JsonObject): readonly StreamEvent[] {
    switch (type) {
      case 'message_start': {
        const message = asObject(body['message']) ?? {};
        return [startEvent(message), ...this.usageEvents(message['usage']), ...this.wholeTurn(message)];
      }
      case 'content_block_start':
        return this.blocks.start(blockIndex(body), asObject(body['content_block']) ?? {});
      case 'content_block_delta':
        return this.blocks.delta(blockIndex(body), asObject(body['delta']) ?? {});
      case 'content_block_stop':
        return this.blocks.stop(blockIndex(body));
      case 'message_delta': {
        return [...this.usageEvents(body['usage']), ...this.finishOf(asObject(body['delta']) ?? {})];
      }
      case 'message_stop':
        this.stopped = true;
        return [];
      default:
        return [];
    }
  }

  /** A turn that goes on after calls by a program may be in the start already, whole. */
  private wholeTurn(message: JsonObject): StreamEvent[] {
    const content = asArray(message['content']) ?? [];
    if (content.length === 0) return [];
    const blocks = content.flatMap((block, index) => [...this.blocks.start(index, asObject(block) ?? {}), ...this.blocks.stop(index)]);
    return [...blocks, ...this.finishOf(message)];
  }

  private finishOf(message: JsonObject): StreamEvent[] {
    const finish = this.finished ? [] : finishEvents(message);
    this.finished ||= finish.length > 0;
    return finish;
  }

  private usageEvents(value: JsonObject[string]): StreamEvent[] {
    const usage = this.usage.push(value);
    return usage === undefined ? [] : [{ type: 'usage', usage }];
  }
}
