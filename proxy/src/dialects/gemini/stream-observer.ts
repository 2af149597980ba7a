import type { Observation, StreamObserver } from '../../wire/observation.ts';
import type { SseEvent } from '../../wire/sse.ts';
import { isContent, type StreamEvent } from '../../wire/stream-event.ts';
import { extrasOf } from './candidate-extras.ts';
import { GeminiStreamDecoder } from './stream-decoder.ts';

const NOTHING: Observation = { content: false, done: false, usageOnly: false };

/** Watches a stream that is passed through. Every piece has usage in it, so every piece is read. */
export class GeminiStreamObserver implements StreamObserver {
  private readonly decoder = new GeminiStreamDecoder();

  get ended(): boolean {
    return this.decoder.ended;
  }

  push(event: SseEvent): Observation {
    let seen: Observation = NOTHING;
    for (const canonical of this.decoder.push(event)) seen = noted(seen, canonical);
    return seen;
  }
}

function noted(seen: Observation, event: StreamEvent): Observation {
  switch (event.type) {
    case 'usage':
      return { ...seen, usage: event.usage };
    case 'finish':
      return seen.finish === undefined ? { ...seen, finish: event.reason } : seen;
    case 'error':
      return { ...seen, error: event.error };
    // Pictures and the code that Gemini runs are what its own callers came for.
    case 'other':
      return extrasOf(event.value) === undefined ? { ...seen, content: true } : seen;
    default:
      return isContent(event) ? { ...seen, content: true } : seen;
  }
}
