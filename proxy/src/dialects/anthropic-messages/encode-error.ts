import type { CallerError } from '../../wire/caller-error.ts';
import type { JsonObject } from '../../wire/json.ts';

/** The SDK's threads and tool runner then send the whole conversation instead of what is new in it (SDK 1.14). */
const UNTHREADED: JsonObject = { error_code: 'thread_unsupported_request', unsupported: ['thread'] };

/** Anthropic's error body. */
export function encodeError(error: CallerError, requestId: string): JsonObject {
  const { anthropicType: type, message, raw } = error;
  const told = { type, message, ...(raw !== undefined && { metadata: { raw } }) };
  return { type: 'error', error: error.param === 'thread' ? { ...told, details: UNTHREADED } : told, request_id: requestId };
}

/** Anthropic's SDKs know 529; Groq's 498 and a provider's 499 become what they mean. */
export function errorStatus(error: CallerError): number {
  return error.status === 498 || error.status === 499 ? 529 : error.status;
}
