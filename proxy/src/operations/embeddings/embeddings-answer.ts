import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asString } from '../../wire/read-json.ts';
import type { AnsweredCall, SideAnswer } from '../operation.ts';
import { inputUsage } from '../side-usage.ts';
import { packFloats } from './pack-floats.ts';

/** Whether the caller wants vectors as base64. */
export function wantsBase64(body: JsonObject): boolean {
  return asString(body['encoding_format']) === 'base64';
}

/**
 * Vectors of any vendor as OpenAI answers them, in the encoding that the caller asked for.
 * @param vectors one list of numbers per input, in the order of the inputs
 */
export function embeddingsAnswer(vectors: readonly (Json | undefined)[], call: AnsweredCall, promptTokens: number | undefined): SideAnswer {
  const lists = vectors.map((vector) => asArray(vector));
  if (lists.length === 0) return { type: 'invalid', message: 'the answer has no embeddings' };
  const base64 = wantsBase64(call.body);
  const data: Json[] = [];
  for (const [index, list] of lists.entries()) {
    if (list === undefined || list.length === 0) return { type: 'invalid', message: `the answer has no numbers for input ${index}` };
    data.push({ object: 'embedding', index, embedding: base64 ? packFloats(list) : list });
  }
  const tokens = promptTokens ?? 0;
  const body = { object: 'list', data, model: call.model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
  return { type: 'answer', body, usage: inputUsage(promptTokens) };
}
