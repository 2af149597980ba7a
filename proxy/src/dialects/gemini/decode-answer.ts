import type { Decoded } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { answerIdOf } from './answer-id.ts';
import { blockEvents, candidatesOf, errorOf, startEvent } from './answer-parts.ts';
import { CandidateDecoder } from './candidate-decoder.ts';
import { decodeUsage } from './usage.ts';

/** A blocking answer as the events that its stream would have had. */
export function decodeAnswer(body: JsonObject): Decoded<readonly StreamEvent[]> {
  const error = errorOf(body);
  if (error !== undefined) return { type: 'invalid', message: `the provider answered 200 with an error: ${error.message}` };
  const events: StreamEvent[] = [startEvent(body)];
  const candidates = candidatesOf(body);
  if (candidates.length === 0) {
    const blocked = blockEvents(body);
    if (blocked === undefined) return { type: 'invalid', message: 'the answer has no candidates' };
    events.push(...blocked);
  }
  for (const { index, candidate } of candidates) {
    const decoder = new CandidateDecoder(index);
    const finish = [...decoder.push(candidate, answerIdOf(body)), ...decoder.finish(candidate)];
    const failure = finish.find((event) => event.type === 'error');
    if (failure !== undefined) return { type: 'invalid', message: failure.error.message };
    events.push(...finish);
  }
  const usage = decodeUsage(body['usageMetadata']);
  if (usage !== undefined) events.push({ type: 'usage', usage });
  return { type: 'ok', value: events };
}
