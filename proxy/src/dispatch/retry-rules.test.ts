import { describe, expect, test } from '@jest/globals';
import type { UpstreamError } from '../wire/failure.ts';
import { backoffMs, isSafeToRepeat } from './retry-rules.ts';

function failed(error: UpstreamError, neverSent = false): Parameters<typeof isSafeToRepeat>[0] {
  return { type: 'failed', error, neverSent };
}

describe('isSafeToRepeat', () => {
  test.each<[UpstreamError, boolean]>([
    [{ reason: 'network', message: '' }, true],
    [{ reason: 'server', status: 500, message: '' }, true],
    [{ reason: 'overloaded', status: 529, message: '' }, true],
    [{ reason: 'overloaded', status: 503, message: '', retryAfterMs: 500 }, true],
    [{ reason: 'overloaded', status: 503, message: '', retryAfterMs: 20_000 }, false],
    [{ reason: 'network', status: 200, message: 'cut after its head' }, false],
    [{ reason: 'timeout', message: '' }, false],
    [{ reason: 'malformed', status: 200, message: '' }, false],
    [{ reason: 'rate-limited', status: 429, message: '' }, false],
    [{ reason: 'auth', status: 401, message: '' }, false],
  ])('%j: %s', (error, safe) => {
    expect(isSafeToRepeat(failed(error))).toBe(safe);
  });

  test('what the provider has never seen may always be sent again', () => {
    expect(isSafeToRepeat(failed({ reason: 'timeout', message: '' }, true))).toBe(true);
  });
});

test('pauses have full jitter, double up to a second, and are never shorter than the provider asked for', () => {
  const error: UpstreamError = { reason: 'server', message: '' };
  expect([0, 1, 2, 3, 9].map((n) => backoffMs(n, error, () => 0.999))).toEqual([99.9, 199.8, 399.6, 799.2, 999]);
  expect(backoffMs(3, error, () => 0)).toBe(0);
  expect(backoffMs(0, { ...error, retryAfterMs: 700 }, () => 0.5)).toBe(700);
});
