import { expect, test } from '@jest/globals';
import { callerErrorFromUpstream } from './caller-error-from-upstream.ts';

test("a provider's status, message, code, field and hint are passed on", () => {
  const error = { reason: 'rate-limited', status: 429, message: 'Slow down', code: 'rpm', param: 'model', retryAfterMs: 9 } as const;
  expect(callerErrorFromUpstream(error, false)).toEqual({
    code: 'rpm',
    status: 429,
    openaiType: 'rate_limit_error',
    anthropicType: 'rate_limit_error',
    message: 'Slow down',
    param: 'model',
    retryAfterMs: 9,
    shouldRetry: false,
  });
});

test.each([
  ['bad-request', 422, 422, 'invalid_request_error', 'invalid_request_error'],
  ['auth', 403, 403, 'permission_error', 'permission_error'],
  ['overloaded', 529, 529, 'server_error', 'overloaded_error'],
  ['server', 500, 500, 'server_error', 'api_error'],
  ['network', undefined, 502, 'upstream_error', 'api_error'],
  ['timeout', undefined, 504, 'upstream_error', 'timeout_error'],
] as const)('%s with status %s is told as %i %s / %s', (reason, status, told, openaiType, anthropicType) => {
  const error = callerErrorFromUpstream({ reason, message: 'm', ...(status !== undefined && { status }) });
  expect(error).toMatchObject({ status: told, openaiType, anthropicType, code: reason.replaceAll('-', '_') });
});
