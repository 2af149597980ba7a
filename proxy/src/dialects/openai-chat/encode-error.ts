import type { CallerError } from '../../wire/caller-error.ts';
import type { JsonObject } from '../../wire/json.ts';

/** OpenAI's error body. */
export function encodeError(error: CallerError): JsonObject {
  const { message, openaiType: type, param = null, code, raw } = error;
  // OpenRouter's place for it, which its callers know.
  return { error: { message, type, param, code, ...(raw !== undefined && { metadata: { raw } }) } };
}

/** SDKs of OpenAI retry 408, 409, 429 and 5xx by the book; codes of other vendors' making become the nearest of those. */
export function errorStatus(error: CallerError): number {
  return error.status === 529 || error.status === 498 || error.status === 499 ? 503 : error.status;
}
