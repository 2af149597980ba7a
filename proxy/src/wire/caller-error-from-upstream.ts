import { CALLER_ERRORS, type CallerError } from './caller-error.ts';
import type { FailureReason, UpstreamError } from './failure.ts';

type Types = Pick<CallerError, 'status' | 'openaiType' | 'anthropicType'>;

/** Status and types for failures without an answer, and for providers whose status would mislead a caller. */
const BY_REASON: Readonly<Record<FailureReason, Types>> = {
  'rate-limited': { status: 429, openaiType: 'rate_limit_error', anthropicType: 'rate_limit_error' },
  'quota-exhausted': { status: 429, openaiType: 'insufficient_quota', anthropicType: 'billing_error' },
  auth: { status: 401, openaiType: 'authentication_error', anthropicType: 'authentication_error' },
  overloaded: { status: 503, openaiType: 'server_error', anthropicType: 'overloaded_error' },
  'context-length': { status: 400, openaiType: 'invalid_request_error', anthropicType: 'invalid_request_error' },
  'content-filter': { status: 400, openaiType: 'invalid_request_error', anthropicType: 'invalid_request_error' },
  'not-found': { status: 404, openaiType: 'invalid_request_error', anthropicType: 'not_found_error' },
  'bad-request': { status: 400, openaiType: 'invalid_request_error', anthropicType: 'invalid_request_error' },
  server: { status: 502, openaiType: 'server_error', anthropicType: 'api_error' },
  network: CALLER_ERRORS.all_targets_failed,
  timeout: CALLER_ERRORS.upstream_timeout,
  malformed: CALLER_ERRORS.all_targets_failed,
  cancelled: CALLER_ERRORS.all_targets_failed,
};

/** Anthropic's type for a status (reference: 1C-1). */
const ANTHROPIC_TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/**
 * A provider's own answer, passed on: its status and message stay, only the shape becomes the caller's.
 * @param shouldRetry see `CallerError.shouldRetry`
 */
export function callerErrorFromUpstream(error: UpstreamError, shouldRetry?: boolean): CallerError {
  const types = BY_REASON[error.reason];
  const status = error.status !== undefined && error.status >= 400 && error.status < 600 ? error.status : types.status;
  return {
    code: error.code ?? error.reason.replaceAll('-', '_'),
    status,
    openaiType: status === 403 ? 'permission_error' : types.openaiType,
    anthropicType: ANTHROPIC_TYPE_BY_STATUS[status] ?? types.anthropicType,
    message: error.message,
    ...(error.raw !== undefined && { raw: error.raw }),
    ...(error.param !== undefined && { param: error.param }),
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    ...(shouldRetry !== undefined && { shouldRetry }),
  };
}
