import { asObject, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import type { StreamDecoder } from '../dialect.ts';
import { providerError } from '../openai-chat/provider-error.ts';
import { completionEvents } from './completion-events.ts';

/** Chunks of a streamed `text_completion` to canonical events. */
export class CompletionsStreamDecoder implements StreamDecoder {
  private started = false;
  private finished = false;

  get ended(): boolean {
    return this.finished;
  }

  push({ data }: SseEvent): readonly StreamEvent[] {
    if (data.trim() === '[DONE]' || data.trim() === '') return [];
    const chunk = asObject(parseJson(data));
    if (chunk === undefined) {
      return [{ type: 'error', error: { message: 'the provider sent an event that is not a JSON object', code: 'malformed' } }];
    }
    const error = providerError(chunk);
    if (error !== undefined) return [{ type: 'error', error }];
    const events = completionEvents(chunk, !this.started);
    this.started = true;
    if (events.some((event) => event.type === 'finish')) this.finished = true;
    return events;
  }
}
