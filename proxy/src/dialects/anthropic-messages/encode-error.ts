import type { CallerError } from '../../wire/caller-error.ts';
import type { JsonObject } from '../../wire/json.ts';

/** Anthropic's error body. */
export function encodeError(error: CallerError, requestId: string): JsonObject {
  return { type: 'error', error: { type: error.anthropicType, message: error.message }, request_id: requestId };
}

/** Anthropic's SDKs know 529; Groq's 498 and a provider's 499 become what they mean. */
export function errorStatus(error: CallerError): number {
  return error.status === 498 || error.status === 499 ? 529 : error.status;
}
