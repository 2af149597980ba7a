import type { JsonObject } from '../../wire/json.ts';
import type { AnswerObservation } from '../../wire/observation.ts';
import { asArray, asObject } from '../../wire/read-json.ts';
import { finishOf, isCall } from './item-events.ts';
import { providerError } from './provider-error.ts';
import { decodeUsage } from './usage.ts';

/** Whether a blocking 2xx body is a response, and what it used. One that is queued in the background is one too. */
export function observeAnswer(body: JsonObject): AnswerObservation {
  const error = providerError(body);
  if (error !== undefined) return { type: 'invalid', message: `the provider answered 200 with an error: ${error.message}`, error };
  const output = asArray(body['output']);
  if (output === undefined) return { type: 'invalid', message: 'the answer has no output' };
  const finish = finishOf(
    body,
    output.some((item) => isCall(asObject(item) ?? {})),
  );
  const usage = decodeUsage(body['usage']);
  return { type: 'answer', ...(usage !== undefined && { usage }), ...(finish !== undefined && { finish }) };
}
