import type { JsonObject } from '../wire/json.ts';
import { asObject, parseJson } from '../wire/read-json.ts';

/**
 * Anthropic's documented wrapper for arguments that are not JSON (fine-grained tool streaming): a call that
 * `max_tokens` cut off is carried as it is, never repaired.
 */
const INVALID = 'INVALID_JSON';

/** Arguments as text -> the object that dialects with structured arguments want. Nothing becomes `{}`. */
export function argumentsToObject(argumentsJson: string): JsonObject {
  if (argumentsJson.trim() === '') return {};
  const value = parseJson(argumentsJson);
  if (value === null) return {};
  return asObject(value) ?? { [INVALID]: argumentsJson };
}

/** The other way round. */
export function objectToArguments(input: JsonObject): string {
  const invalid = input[INVALID];
  return typeof invalid === 'string' && Object.keys(input).length === 1 ? invalid : JSON.stringify(input);
}
