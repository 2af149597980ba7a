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

/** Deeper than any answer or argument; `JSON.stringify` overflows the stack some thousand levels further down. */
const MAX_DEPTH = 500;

/** JSON text to a value, or undefined when it is not JSON, or nested deeper than anything that walks it survives. */
export function parseJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    // Every level takes two characters at least.
    return text.length < 2 * MAX_DEPTH || isWithin(value, MAX_DEPTH) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWithin(value: Json | undefined, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  for (const inner of isArray(value) ? value : Object.values(value)) if (!isWithin(inner, levels - 1)) return false;
  return true;
}

function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
