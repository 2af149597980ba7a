import type { UpstreamError } from '../../wire/failure.ts';
import { decodeUpstreamError } from '../upstream-error/decode-error.ts';

/** Request or answer hit Cohere's deny list; elsewhere (Groq) this status means a full house. */
const DENY_LISTED = 498;

export function decodeError(status: number, header: (name: string) => string | undefined, body: string, nowMs?: number): UpstreamError {
  const error = decodeUpstreamError(status, header, body, nowMs);
  return status === DENY_LISTED ? { ...error, reason: 'content-filter' } : error;
}
