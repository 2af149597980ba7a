import type { JsonObject } from '../../wire/json.ts';
import type { AnswerObservation } from '../../wire/observation.ts';
import { errorOf } from './answer-parts.ts';
import { decodeAnswer } from './decode-answer.ts';

/** Whether a blocking 2xx body is an answer, and what it used. */
export function observeAnswer(body: JsonObject): AnswerObservation {
  const decoded = decodeAnswer(body);
  if (decoded.type === 'invalid') {
    const error = errorOf(body);
    return { type: 'invalid', message: decoded.message, ...(error !== undefined && { error }) };
  }
  const usage = decoded.value.find((event) => event.type === 'usage')?.usage;
  const finish = decoded.value.find((event) => event.type === 'finish')?.reason;
  return { type: 'answer', ...(usage !== undefined && { usage }), ...(finish !== undefined && { finish }) };
}
