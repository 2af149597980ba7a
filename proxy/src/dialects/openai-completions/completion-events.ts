import type { JsonObject } from '../../wire/json.ts';
import { asArray, asNumber, asObject, asString } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { startEvent } from '../openai-chat/decode-answer.ts';
import { decodeFinishReason } from '../openai-chat/finish-reason.ts';
import { decodeUsage } from '../openai-chat/usage.ts';

/** Events of a `text_completion`, whole or one chunk of it: both have the same shape. */
export function completionEvents(body: JsonObject, withStart: boolean): readonly StreamEvent[] {
  const events: StreamEvent[] = withStart ? [startEvent(body)] : [];
  for (const item of asArray(body['choices']) ?? []) {
    const choice = asObject(item) ?? {};
    const index = asNumber(choice['index']) ?? 0;
    const place = index === 0 ? {} : { choice: index };
    const text = asString(choice['text']) ?? '';
    if (text !== '') events.push({ type: 'text-delta', text, ...place });
    const raw = asString(choice['finish_reason']);
    if (raw !== undefined) events.push({ type: 'finish', reason: decodeFinishReason(raw, false), ...place });
  }
  const usage = decodeUsage(body['usage']);
  if (usage !== undefined) events.push({ type: 'usage', usage });
  return events;
}
