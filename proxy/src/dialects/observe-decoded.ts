import type { Decoded } from '../wire/chat-call.ts';
import type { AnswerObservation } from '../wire/observation.ts';
import type { StreamError, StreamEvent } from '../wire/stream-event.ts';

/**
 * The verdict on a blocking answer, from its events.
 * @param error what the body says has failed, if it says so
 */
export function observeDecoded(decoded: Decoded<readonly StreamEvent[]>, error: StreamError | undefined): AnswerObservation {
  if (decoded.type === 'invalid') return { type: 'invalid', message: decoded.message, ...(error !== undefined && { error }) };
  const usage = decoded.value.find((event) => event.type === 'usage')?.usage;
  const finish = decoded.value.find((event) => event.type === 'finish')?.reason;
  return { type: 'answer', ...(usage !== undefined && { usage }), ...(finish !== undefined && { finish }) };
}
