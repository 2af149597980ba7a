import type { JsonObject } from '../../wire/json.ts';

const SNAKE = /(?<=.)_([a-z0-9])/g;

/** Google takes both spellings of a member, `maxOutputTokens` and `max_output_tokens`. Gives the former, one level deep. */
export function camelMembers(object: JsonObject): JsonObject {
  for (const name of Object.keys(object)) if (name.includes('_', 1)) return renamed(object);
  return object;
}

function renamed(object: JsonObject): JsonObject {
  const camel = (name: string): string => name.replace(SNAKE, (_match, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [camel(name), value]));
}
