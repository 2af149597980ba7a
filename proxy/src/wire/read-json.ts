import type { Json, JsonObject } from './json.ts';

/** Typed views of JSON from outside: the value when it has the type asked for, else undefined. */

export function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !isArray(value) ? value : undefined;
}

export function asArray(value: Json | undefined): readonly Json[] | undefined {
  return isArray(value) ? value : undefined;
}

export function asString(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function asNumber(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A number of tokens: whole, not negative. */
export function asCount(value: Json | undefined): number | undefined {
  const number = asNumber(value);
  return number !== undefined && number >= 0 ? Math.floor(number) : undefined;
}

/** JSON text to a value, or undefined when it is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
