import { asObject, asString, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import type { StreamDecoder } from '../dialect.ts';

/** Events of a prediction's stream: `output` with plain text, `error`, and `done` with `{}`, or with why it ended early. */
export class ReplicateStreamDecoder implements StreamDecoder {
  private started = false;
  ended = false;

  push(event: SseEvent): readonly StreamEvent[] {
    if (this.ended) return [];
    switch (event.event) {
      case 'output':
        return [...this.start(), ...(event.data === '' ? [] : [{ type: 'text-delta', text: event.data } as const])];
      case 'error':
        return [{ type: 'error', error: { message: messageOf(event.data), code: 'failed' } }];
      case 'done':
        return this.done(asString(asObject(parseJson(event.data))?.['reason']));
      default:
        return [];
    }
  }

  private start(): StreamEvent[] {
    if (this.started) return [];
    this.started = true;
    return [{ type: 'message-start' }];
  }

  private done(reason: string | undefined): StreamEvent[] {
    if (reason !== undefined && reason !== '')
      return [{ type: 'error', error: { message: `the prediction ended early: ${reason}`, code: reason } }];
    this.ended = true;
    return [...this.start(), { type: 'finish', reason: { unified: 'stop', raw: 'done' } }];
  }
}

function messageOf(data: string): string {
  return asString(asObject(parseJson(data))?.['detail']) ?? (data === '' ? 'the prediction failed' : data);
}
