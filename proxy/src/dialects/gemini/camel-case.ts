import type { JsonObject } from '../../wire/json.ts';

const SNAKE = /(?<=.)_([a-z0-9])/g;

/** Google takes both spellings of a member, `maxOutputTokens` and `max_output_tokens`. Gives the former, one level deep. */
export function camelMembers(object: JsonObject): JsonObject {
  const entries = Object.entries(object);
  if (!entries.some(([name]) => name.includes('_', 1))) return object;
  return Object.fromEntries(entries.map(([name, value]) => [name.replace(SNAKE, (_match, letter: string) => letter.toUpperCase()), value]));
}
