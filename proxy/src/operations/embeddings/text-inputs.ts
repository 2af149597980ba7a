import type { JsonObject } from '../../wire/json.ts';
import { asArray } from '../../wire/read-json.ts';

/** The texts of an embeddings call, or undefined when there are tokens (or anything else) among them. */
export function textInputs(body: JsonObject): readonly string[] | undefined {
  const input = body['input'];
  if (typeof input === 'string') return [input];
  const items = asArray(input);
  if (items === undefined || items.length === 0) return undefined;
  return items.every((item) => typeof item === 'string') ? items : undefined;
}
