import type { Decoded } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { AnswerObservation } from '../../wire/observation.ts';
import { asArray, asObject } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { providerError } from '../openai-chat/provider-error.ts';
import { completionEvents } from './completion-events.ts';

/** A blocking `text_completion` as the events that its stream would have had. */
export function decodeAnswer(body: JsonObject): Decoded<readonly StreamEvent[]> {
  const problem = findProblem(body);
  return problem === undefined ? { type: 'ok', value: completionEvents(body, true) } : { type: 'invalid', message: problem.message };
}

export function observeAnswer(body: JsonObject): AnswerObservation {
  const problem = findProblem(body);
  if (problem !== undefined) return problem;
  const events = completionEvents(body, false);
  const finish = events.find((event) => event.type === 'finish')?.reason;
  const usage = events.find((event) => event.type === 'usage')?.usage;
  return { type: 'answer', ...(finish !== undefined && { finish }), ...(usage !== undefined && { usage }) };
}

function findProblem(body: JsonObject): Extract<AnswerObservation, { readonly type: 'invalid' }> | undefined {
  const choices = asArray(body['choices']) ?? [];
  if (choices.length > 0) {
    const complete = choices.every((item) => typeof asObject(item)?.['text'] === 'string');
    return complete ? undefined : { type: 'invalid', message: 'a choice of the answer has no text' };
  }
  const error = providerError(body);
  if (error === undefined) return { type: 'invalid', message: 'the answer has no choices' };
  return { type: 'invalid', message: `the provider answered 200 with an error: ${error.message}`, error };
}
