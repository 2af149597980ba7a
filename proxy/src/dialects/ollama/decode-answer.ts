import type { Decoded } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asObject } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { errorOf, MessageDecoder } from './message-decoder.ts';

/** A blocking answer as the events that its stream would have had. */
export function decodeAnswer(body: JsonObject): Decoded<readonly StreamEvent[]> {
  const error = errorOf(body);
  if (error !== undefined) return { type: 'invalid', message: `the provider answered 200 with an error: ${error.message}` };
  if (asObject(body['message']) === undefined) return { type: 'invalid', message: 'the answer has no message' };
  const events = new MessageDecoder().push({ ...body, done: true });
  const failure = events.find((event) => event.type === 'error');
  return failure === undefined ? { type: 'ok', value: events } : { type: 'invalid', message: failure.error.message };
}
