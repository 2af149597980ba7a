import { expect, test } from '@jest/globals';
import { failureOf, isExpired, parseRetryAfter, statusError } from './kube-failure.ts';

test('Retry-After is read as seconds or as a date, and nonsense is nothing', () => {
  const nowMs = Date.UTC(2026, 0, 1);
  expect(parseRetryAfter('7', nowMs)).toBe(7_000);
  expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', nowMs)).toBe(30_000);
  expect(parseRetryAfter('Thu, 01 Jan 2025 00:00:30 GMT', nowMs)).toBe(0);
  expect(parseRetryAfter('soon', nowMs)).toBeUndefined();
  expect(parseRetryAfter(undefined, nowMs)).toBeUndefined();
});

test('a Status object gives code, reason and wait; anything else gives what the answer itself says', () => {
  expect(statusError({ code: 429, reason: 'TooManyRequests', message: 'slow', details: { retryAfterSeconds: 3 } }, 200)).toEqual({
    status: 429,
    reason: 'TooManyRequests',
    message: 'slow',
    retryAfterMs: 3_000,
  });
  for (const body of [undefined, null, 'text', [], { reason: 5, details: 'x' }]) {
    expect(statusError(body, 502)).toMatchObject({ status: 502, reason: 'Status502', retryAfterMs: undefined });
  }
});

test('a version that is too old is known by code or by reason', () => {
  expect(isExpired(statusError({}, 410))).toBe(true);
  expect(isExpired(statusError({ code: 500, reason: 'Expired' }, 500))).toBe(true);
  expect(isExpired(statusError({}, 500))).toBe(false);
});

test('a fault of the network keeps its code as the reason', () => {
  expect(failureOf(Object.assign(new Error('gone'), { code: 'ECONNRESET' }))).toMatchObject({
    status: 0,
    reason: 'ECONNRESET',
    message: 'gone',
  });
  expect(failureOf('odd')).toMatchObject({ status: 0, reason: 'Unknown' });
});
