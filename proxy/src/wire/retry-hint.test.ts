import { describe, expect, test } from '@jest/globals';
import type { Json } from './json.ts';
import { goDurationMs, retryHintMs } from './retry-hint.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');

function hint(headers: Record<string, string>, body?: Json, message = ''): number | undefined {
  return retryHintMs((name) => headers[name], body, message, NOW);
}

describe('retryHintMs', () => {
  test.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT' }, 0],
    [{ 'retry-after': '9', 'retry-after-ms': '250' }, 250],
    [{ 'x-ratelimit-reset-requests': '6m0s', 'x-ratelimit-reset-tokens': '30ms' }, 360_000],
    [{ 'x-ratelimit-reset-requests': '6m0s', 'x-ratelimit-remaining-requests': '12', 'x-ratelimit-reset-tokens': '30ms' }, 30],
    [{ 'x-ratelimit-reset': '12' }, 12_000],
    [{ 'x-ratelimit-reset': String(NOW + 4000) }, 4000],
    [{ 'anthropic-ratelimit-tokens-reset': '2026-11-20T10:01:00Z' }, 60_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-3' }, undefined],
    [{ 'retry-after': '99999999999' }, 7 * 24 * 3_600_000],
    [{}, undefined],
  ])('headers %j', (headers, expected) => {
    expect(hint(headers)).toBe(expected);
  });

  const google = { error: { code: 429, details: [{ '@type': 'QuotaFailure' }, { '@type': 'RetryInfo', retryDelay: '34.4s' }] } };
  test.each<[Json, number]>([
    [google, 34_400],
    [[google], 34_400],
    [{ error: { availability: { retry_after: 3 } } }, 3000],
  ])('body %j', (body, expected) => {
    expect(hint({}, body)).toBe(expected);
  });

  test.each([
    ['Rate limit reached for gpt-4o. Please try again in 5.289s. Visit', 5289],
    ['Please try again in 1m30s.', 90_000],
    ['Please try again in 20ms.', 20],
    ['Please retry after 18 seconds.', 18_000],
    ['try again in 2 minutes', 120_000],
    ['try again in a moment', undefined],
  ])('message %s', (message, expected) => {
    expect(hint({}, undefined, message)).toBe(expected);
  });

  test('without a clock dates are ignored and durations are not', () => {
    const headers: Record<string, string> = { 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT', 'x-ratelimit-reset-requests': '1s' };
    expect(retryHintMs((name) => headers[name], undefined, '', undefined)).toBe(1000);
  });
});

test('goDurationMs takes what Go prints and nothing else', () => {
  expect(['1h2m3.5s', '6m0s', '30ms', '0s', '5', '5 s', '', '-1s'].map(goDurationMs)).toEqual([
    3_723_500,
    360_000,
    30,
    0,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
