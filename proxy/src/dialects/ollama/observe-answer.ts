import type { JsonObject } from '../../wire/json.ts';
import type { AnswerObservation } from '../../wire/observation.ts';
import { observeDecoded } from '../observe-decoded.ts';
import { decodeAnswer } from './decode-answer.ts';
import { errorOf } from './message-decoder.ts';

/** Whether a blocking 2xx body is an answer, and what it used. */
export function observeAnswer(body: JsonObject): AnswerObservation {
  return observeDecoded(decodeAnswer(body), errorOf(body));
}
