import type { Decoded } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { ContentDecoder } from './content-decoder.ts';
import { decodeStopReason } from './stop-reason.ts';
import { decodeUsage } from './usage.ts';

/** A blocking answer as the events that its stream would have had. */
export function decodeAnswer(body: JsonObject): Decoded<readonly StreamEvent[]> {
  const content = asArray(asObject(asObject(body['output'])?.['message'])?.['content']);
  if (content === undefined) return { type: 'invalid', message: 'the answer has no output message' };
  const blocks = new ContentDecoder();
  const events: StreamEvent[] = [{ type: 'message-start' }];
  for (const [index, item] of content.entries()) {
    const block = asObject(item);
    if (block === undefined) return { type: 'invalid', message: 'a content block of the answer is not an object' };
    events.push(...blocks.whole(index, block));
  }
  const usage = decodeUsage(body['usage']);
  if (usage !== undefined) events.push({ type: 'usage', usage });
  const raw = asString(body['stopReason']);
  if (raw !== undefined) events.push({ type: 'finish', reason: decodeStopReason(raw, blocks.madeCalls) });
  return { type: 'ok', value: events };
}
