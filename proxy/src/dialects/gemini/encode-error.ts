import type { CallerError } from '../../wire/caller-error.ts';
import type { JsonObject } from '../../wire/json.ts';

/** google.rpc.Code by HTTP status (googleapis, google/rpc/code.proto). */
const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'UNIMPLEMENTED',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** Google's error body, with the reason as ErrorInfo and the time to wait as RetryInfo. */
export function encodeError(error: CallerError, requestId: string): JsonObject {
  const code = errorStatus(error);
  const details: JsonObject[] = [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: error.code.toUpperCase(),
      domain: 'headgate.dev',
      metadata: { requestId, ...(error.param !== undefined && { field: error.param }) },
    },
  ];
  if (error.retryAfterMs !== undefined)
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${error.retryAfterMs / 1000}s` });
  if (error.raw !== undefined) details.push({ '@type': 'type.googleapis.com/google.rpc.DebugInfo', detail: error.raw });
  return { error: { code, message: error.message, status: statusWord(code), details } };
}

/** Other vendors' codes for a full house become Google's. */
export function errorStatus(error: CallerError): number {
  return error.status === 529 || error.status === 498 ? 503 : error.status;
}

function statusWord(code: number): string {
  return STATUS_WORDS[code] ?? (code >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT');
}
