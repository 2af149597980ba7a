import { asObject, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import type { StreamDecoder } from '../dialect.ts';
import { errorOf, MessageDecoder } from './message-decoder.ts';

/** Lines of `/api/chat`; the one with `done` is the last. */
export class OllamaStreamDecoder implements StreamDecoder {
  private readonly message = new MessageDecoder();

  get ended(): boolean {
    return this.message.ended;
  }

  push(event: SseEvent): readonly StreamEvent[] {
    if (this.message.ended || event.data.trim() === '') return [];
    const body = asObject(parseJson(event.data));
    if (body === undefined)
      return [{ type: 'error', error: { message: 'the provider sent a line that is not a JSON object', code: 'malformed' } }];
    const error = errorOf(body);
    return error === undefined ? this.message.push(body) : [{ type: 'error', error }];
  }
}
