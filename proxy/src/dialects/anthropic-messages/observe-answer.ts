import type { JsonObject } from '../../wire/json.ts';
import type { AnswerObservation } from '../../wire/observation.ts';
import { asArray, asString } from '../../wire/read-json.ts';
import { providerError } from './provider-error.ts';
import { decodeStopReason } from './stop-reason.ts';
import { decodeUsage } from './usage.ts';

/** Whether a blocking 2xx body is an answer, and what it used. */
export function observeAnswer(body: JsonObject): AnswerObservation {
  const error = providerError(body);
  if (error !== undefined) return { type: 'invalid', message: `the provider answered 200 with an error: ${error.message}`, error };
  if (asArray(body['content']) === undefined) return { type: 'invalid', message: 'the answer has no content' };
  const usage = decodeUsage(body['usage']);
  const raw = asString(body['stop_reason']);
  return { type: 'answer', ...(usage !== undefined && { usage }), ...(raw !== undefined && { finish: decodeStopReason(raw) }) };
}
