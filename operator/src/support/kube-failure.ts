import type { ApiError } from './kube-api.ts';

/** A failure without an answer of the server. */
export function noAnswer(reason: string, message: string): ApiError {
  return { status: 0, reason, message, retryAfterMs: undefined };
}

/** What went wrong on the way: the code of the system or of undici (`ECONNRESET`, `UND_ERR_SOCKET` ...) becomes the reason. */
export function failureOf(thrown: unknown): ApiError {
  if (!(thrown instanceof Error)) return noAnswer('Unknown', String(thrown));
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name;
  return noAnswer(code, thrown.message);
}

/**
 * Reads a Status object of the API, as an error answer or as the object of an ERROR event.
 * @param status used when the object carries no code
 */
export function statusError(body: unknown, status: number, retryAfterMs?: number): ApiError {
  const fields = isRecord(body) ? body : {};
  const details = isRecord(fields['details']) ? fields['details'] : {};
  const seconds = details['retryAfterSeconds'];
  const asked = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
  return {
    status: typeof fields['code'] === 'number' ? fields['code'] : status,
    reason: typeof fields['reason'] === 'string' && fields['reason'] !== '' ? fields['reason'] : `Status${status}`,
    message: typeof fields['message'] === 'string' ? fields['message'] : 'the answer carries no message',
    retryAfterMs: retryAfterMs ?? asked,
  };
}

/** Value of a Retry-After header (seconds or an HTTP date) in ms from `nowMs`. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/** The resource version asked for is older than what the server keeps: only a new list helps. */
export function isExpired(error: ApiError): boolean {
  return error.status === 410 || error.reason === 'Expired' || error.reason === 'Gone';
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
