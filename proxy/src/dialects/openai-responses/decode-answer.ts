import type { Decoded } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asArray, asNumber, asObject, asString } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { finishOf, isCall, itemEvents } from './item-events.ts';
import { providerError } from './provider-error.ts';
import { decodeUsage } from './usage.ts';

/** A blocking response as the events that its stream would have had. */
export function decodeAnswer(body: JsonObject): Decoded<readonly StreamEvent[]> {
  const error = providerError(body);
  if (error !== undefined) return { type: 'invalid', message: `the provider answered 200 with an error: ${error.message}` };
  const output = asArray(body['output']);
  if (output === undefined) return { type: 'invalid', message: 'the answer has no output' };
  const events = [startEvent(body), ...outputEvents(body)];
  const usage = decodeUsage(body['usage']);
  if (usage !== undefined) events.push({ type: 'usage', usage });
  const reason = finishOf(body, hasCalls(events));
  if (reason !== undefined) events.push({ type: 'finish', reason });
  return { type: 'ok', value: events };
}

export function startEvent(response: JsonObject): StreamEvent {
  const id = asString(response['id']);
  const model = asString(response['model']);
  const createdSeconds = asNumber(response['created_at']);
  return {
    type: 'message-start',
    ...(id !== undefined && id !== '' && { id }),
    ...(model !== undefined && model !== '' && { model }),
    ...(createdSeconds !== undefined && { createdSeconds }),
  };
}

/** All output items of a response. */
export function outputEvents(response: JsonObject): StreamEvent[] {
  let calls = 0;
  return (asArray(response['output']) ?? []).flatMap((value) => {
    const item = asObject(value) ?? {};
    return itemEvents(item, isCall(item) ? calls++ : calls);
  });
}

export function hasCalls(events: readonly StreamEvent[]): boolean {
  return events.some((event) => event.type === 'tool-call-start');
}
