import type { JsonObject } from '../../wire/json.ts';
import type { AnswerObservation } from '../../wire/observation.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { messageOf } from './decode-answer.ts';
import { decodeFinishReason } from './finish-reason.ts';
import { providerError } from './provider-error.ts';
import { decodeUsage } from './usage.ts';

/** Whether a blocking 2xx body is an answer, and what it used. */
export function observeAnswer(body: JsonObject): AnswerObservation {
  const choices = asArray(body['choices']) ?? [];
  if (choices.length === 0) {
    const error = providerError(body);
    if (error === undefined) return { type: 'invalid', message: 'the answer has no choices' };
    return { type: 'invalid', message: `the provider answered 200 with an error: ${error.message}`, error };
  }
  const first = asObject(choices[0]);
  const message = messageOf(first);
  if (message === undefined) return { type: 'invalid', message: 'a choice of the answer has no message' };
  const hasToolCalls = (asArray(message['tool_calls']) ?? []).length > 0;
  const finish = decodeFinishReason(asString(first?.['finish_reason']) ?? '', hasToolCalls);
  if (finish.unified === 'error') return { type: 'invalid', message: `the provider gave up: finish_reason ${finish.raw}` };
  const usage = decodeUsage(body['usage']);
  return { type: 'answer', finish, ...(usage !== undefined && { usage }) };
}
