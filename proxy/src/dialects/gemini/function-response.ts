import type { Json, JsonObject } from '../../wire/json.ts';
import { asObject, parseJson } from '../../wire/read-json.ts';

/** Digits beyond what a number can hold: such a text is not read as JSON, for it would not come out the same. */
const LONG_NUMBER = /\d{16}/;

/**
 * A function's response is an object in which, by Google's documentation, `output` and `error` stand for themselves and
 * anything else is the output as a whole. Other dialects have text instead.
 */
export function decodeFunctionResponse(response: Json | undefined): { readonly text: string; readonly isError: boolean } {
  const wrapped = asObject(response);
  const lone = wrapped === undefined ? undefined : loneText(wrapped);
  if (lone !== undefined) return lone;
  if (typeof response === 'string') return { text: response, isError: false };
  return { text: JSON.stringify(response ?? {}), isError: false };
}

/** The other way round: an object stays one, anything else is wrapped. */
export function encodeFunctionResponse(text: string, isError: boolean): JsonObject {
  if (isError) return { error: text };
  const parsed = text.trimStart().startsWith('{') && !LONG_NUMBER.test(text) ? asObject(parseJson(text)) : undefined;
  return parsed !== undefined && loneText(parsed) === undefined ? parsed : { output: text };
}

function loneText(response: JsonObject): { readonly text: string; readonly isError: boolean } | undefined {
  const [name, ...others] = Object.keys(response);
  if (others.length > 0 || (name !== 'output' && name !== 'error')) return undefined;
  const text = response[name];
  return typeof text === 'string' ? { text, isError: name === 'error' } : undefined;
}
