/**
 * Every error Headgate itself speaks to callers, by code. docs/errors.md lists the same codes and a test holds the two
 * together. `{}` in a message is filled by `callerError`'s details.
 */
export interface CallerErrorKind {
  readonly status: number;
  /** OpenAI's `error.type`. */
  readonly openaiType: string;
  /** Anthropic's `error.type`. */
  readonly anthropicType: string;
}

export type CallerErrorCode =
  | 'invalid_json'
  | 'invalid_request'
  | 'lossy_translation'
  | 'missing_api_key'
  | 'invalid_api_key'
  | 'model_not_allowed'
  | 'model_not_found'
  | 'not_found'
  | 'unknown_path'
  | 'method_not_allowed'
  | 'body_timeout'
  | 'body_too_large'
  | 'unsupported_encoding'
  | 'headers_too_large'
  | 'internal'
  | 'all_targets_failed'
  | 'no_usable_target'
  | 'table_not_ready'
  | 'shutting_down'
  | 'stream_interrupted'
  | 'rate_limited'
  | 'upstream_timeout';

export const CALLER_ERRORS: Readonly<Record<CallerErrorCode, CallerErrorKind>> = {
  invalid_json: { status: 400, openaiType: 'invalid_request_error', anthropicType: 'invalid_request_error' },
  invalid_request: { status: 400, openaiType: 'invalid_request_error', anthropicType: 'invalid_request_error' },
  lossy_translation: { status: 400, openaiType: 'invalid_request_error', anthropicType: 'invalid_request_error' },
  missing_api_key: { status: 401, openaiType: 'authentication_error', anthropicType: 'authentication_error' },
  invalid_api_key: { status: 401, openaiType: 'authentication_error', anthropicType: 'authentication_error' },
  model_not_allowed: { status: 403, openaiType: 'permission_error', anthropicType: 'permission_error' },
  model_not_found: { status: 404, openaiType: 'invalid_request_error', anthropicType: 'not_found_error' },
  not_found: { status: 404, openaiType: 'invalid_request_error', anthropicType: 'not_found_error' },
  unknown_path: { status: 404, openaiType: 'invalid_request_error', anthropicType: 'not_found_error' },
  method_not_allowed: { status: 405, openaiType: 'invalid_request_error', anthropicType: 'invalid_request_error' },
  body_timeout: { status: 408, openaiType: 'invalid_request_error', anthropicType: 'invalid_request_error' },
  body_too_large: { status: 413, openaiType: 'invalid_request_error', anthropicType: 'request_too_large' },
  unsupported_encoding: { status: 415, openaiType: 'invalid_request_error', anthropicType: 'invalid_request_error' },
  rate_limited: { status: 429, openaiType: 'rate_limit_error', anthropicType: 'rate_limit_error' },
  headers_too_large: { status: 431, openaiType: 'invalid_request_error', anthropicType: 'invalid_request_error' },
  internal: { status: 500, openaiType: 'server_error', anthropicType: 'api_error' },
  all_targets_failed: { status: 502, openaiType: 'upstream_error', anthropicType: 'api_error' },
  no_usable_target: { status: 503, openaiType: 'upstream_error', anthropicType: 'overloaded_error' },
  table_not_ready: { status: 503, openaiType: 'server_error', anthropicType: 'overloaded_error' },
  shutting_down: { status: 503, openaiType: 'server_error', anthropicType: 'overloaded_error' },
  stream_interrupted: { status: 502, openaiType: 'upstream_error', anthropicType: 'api_error' },
  upstream_timeout: { status: 504, openaiType: 'upstream_error', anthropicType: 'timeout_error' },
};

/** An error as the caller will be told it, before it is put into the caller's dialect. */
export interface CallerError {
  /** A code of `CALLER_ERRORS`, or the provider's own code when its error is passed on. */
  readonly code: string;
  readonly status: number;
  readonly openaiType: string;
  readonly anthropicType: string;
  readonly message: string;
  /** See `UpstreamError.raw`. */
  readonly raw?: string;
  readonly param?: string;
  readonly retryAfterMs?: number;
  /** false tells SDKs not to retry: Headgate has used its own retries, or retrying cannot help. */
  readonly shouldRetry?: boolean;
}

export function callerError(
  code: CallerErrorCode,
  message: string,
  details: { readonly param?: string; readonly retryAfterMs?: number; readonly shouldRetry?: boolean } = {},
): CallerError {
  return { code, message, ...CALLER_ERRORS[code], ...details };
}
