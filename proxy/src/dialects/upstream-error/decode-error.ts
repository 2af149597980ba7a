import type { UpstreamError } from '../../wire/failure.ts';
import { retryHintMs } from '../../wire/retry-hint.ts';
import { classifyError } from './classify-error.ts';
import { readErrorBody } from './read-error-body.ts';

/** Bodies are read this far; errors are short, and what is not an error may be anything. */
const MAX_BODY_LENGTH = 256 * 1024;
/** The prefixes of known vendors, then a long run with a digit in it, and no star where it ends. */
const UNMASKED_KEY = /\b(?:sk|pk|gsk|xai|AIza|nvapi|hf|r8|csk|pplx|fw)[-_]?(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20,}(?![*A-Za-z0-9_-])/g;

/**
 * Any non-2xx answer of any vendor. Shared by all dialects: behind one base URL, gateways and load balancers answer in
 * shapes that are not the dialect's own.
 */
export function decodeUpstreamError(
  status: number,
  header: (name: string) => string | undefined,
  body: string,
  nowMs?: number,
): UpstreamError {
  const read = readErrorBody(body.slice(0, MAX_BODY_LENGTH), header);
  const reason = classifyError(status, read);
  const retryAfterMs = mayHint(status) ? retryHintMs(header, read.json, read.message, nowMs) : undefined;
  const code = read.code ?? read.type;
  return {
    reason,
    status,
    message: withoutKeys(read.message === '' ? `the provider answered ${status} without saying why` : read.message),
    ...(read.raw !== undefined && { raw: withoutKeys(read.raw) }),
    ...(code !== undefined && { code }),
    ...(read.param !== undefined && { param: read.param }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Anthropic sends `retry-after` with other answers too, where it means nothing (reference: 1C-1). */
function mayHint(status: number): boolean {
  return status === 429 || status === 408 || status === 409 || status === 498 || status >= 500;
}

/**
 * Providers quote the key they refuse, most of them starred out. One that is not starred out, say because a proxy in
 * between printed the request, goes no further.
 */
function withoutKeys(message: string): string {
  return message.replace(UNMASKED_KEY, '[key]');
}
