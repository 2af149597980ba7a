import type { Decoded } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { BlockDecoder } from './block-decoder.ts';
import { providerError } from './provider-error.ts';
import { decodeStopReason } from './stop-reason.ts';
import { decodeUsage } from './usage.ts';

/** A blocking answer as the events that its stream would have had. */
export function decodeAnswer(body: JsonObject): Decoded<readonly StreamEvent[]> {
  const content = asArray(body['content']);
  const error = providerError(body);
  if (error !== undefined) return { type: 'invalid', message: `the provider answered 200 with an error: ${error.message}` };
  if (content === undefined) return { type: 'invalid', message: 'the answer has no content' };
  const events: StreamEvent[] = [startEvent(body)];
  const blocks = new BlockDecoder();
  for (const [index, item] of content.entries()) {
    const block = asObject(item);
    if (block === undefined) return { type: 'invalid', message: 'a content block of the answer is not an object' };
    events.push(...blocks.start(index, block), ...blocks.stop(index));
  }
  const usage = decodeUsage(body['usage']);
  if (usage !== undefined) events.push({ type: 'usage', usage });
  events.push(...finishEvents(body));
  return { type: 'ok', value: events };
}

export function startEvent(message: JsonObject): StreamEvent {
  const id = asString(message['id']);
  const model = asString(message['model']);
  return { type: 'message-start', ...(id !== undefined && id !== '' && { id }), ...(model !== undefined && model !== '' && { model }) };
}

/**
 * Stop reason, sequence and details of a message, or of a message_delta's `delta`. A refusal's explanation is the only
 * place where Anthropic says why; without any stop reason there are no events.
 */
export function finishEvents(message: JsonObject): StreamEvent[] {
  const raw = asString(message['stop_reason']);
  if (raw === undefined) return [];
  const explanation = asString(asObject(message['stop_details'])?.['explanation']) ?? '';
  const stopSequence = asString(message['stop_sequence']);
  const refusal: StreamEvent[] = raw === 'refusal' && explanation !== '' ? [{ type: 'refusal-delta', text: explanation }] : [];
  return [...refusal, { type: 'finish', reason: decodeStopReason(raw), ...(stopSequence !== undefined && { stopSequence }) }];
}
