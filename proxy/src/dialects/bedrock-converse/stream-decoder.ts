import type { JsonObject } from '../../wire/json.ts';
import { asNumber, asObject, asString, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import type { StreamDecoder } from '../dialect.ts';
import { ContentDecoder } from './content-decoder.ts';
import { streamException } from './exceptions.ts';
import { decodeStopReason } from './stop-reason.ts';
import { decodeUsage } from './usage.ts';

/** Events of ConverseStream. `messageStop` ends the answer; `metadata` with the usage comes after it. */
export class ConverseStreamDecoder implements StreamDecoder {
  private readonly blocks = new ContentDecoder();
  private stopped = false;

  get ended(): boolean {
    return this.stopped;
  }

  push(event: SseEvent): readonly StreamEvent[] {
    const exception = streamException(event);
    if (exception !== undefined) return [{ type: 'error', error: exception }];
    const body = asObject(parseJson(event.data));
    if (body === undefined)
      return [{ type: 'error', error: { message: 'the provider sent an event that is not a JSON object', code: 'malformed' } }];
    return this.event(event.event, body);
  }

  private event(type: string, body: JsonObject): readonly StreamEvent[] {
    const index = asNumber(body['contentBlockIndex']) ?? 0;
    switch (type) {
      case 'messageStart':
        return [{ type: 'message-start' }];
      case 'contentBlockStart':
        return this.blocks.start(index, asObject(body['start']) ?? {});
      case 'contentBlockDelta':
        return this.blocks.piece(index, asObject(body['delta']) ?? {});
      case 'messageStop': {
        if (this.stopped) return [];
        this.stopped = true;
        return [{ type: 'finish', reason: decodeStopReason(asString(body['stopReason']) ?? '', this.blocks.madeCalls) }];
      }
      case 'metadata': {
        const usage = decodeUsage(body['usage']);
        return usage === undefined ? [] : [{ type: 'usage', usage }];
      }
      default:
        return [];
    }
  }
}
