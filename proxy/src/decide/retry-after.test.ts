import { expect, test } from '@jest/globals';
import { sampleRunningTarget } from '../snapshot/sample-target.ts';
import { retryAfterMs } from './retry-after.ts';

test('an endpoint with two obstacles is free when the later one is gone', () => {
  const target = sampleRunningTarget('a');
  for (const { signals } of target.endpoints) {
    Object.assign(signals.credential, { state: 'RateLimited', untilMs: 5_000 });
    for (let i = 0; i < 5; i += 1) signals.breaker.onFailure(0);
  }
  expect(retryAfterMs([target], 0)).toBe(30_000);
});

test('nothing to wait for is undefined, not zero', () => {
  expect(retryAfterMs([], 0)).toBeUndefined();
  expect(retryAfterMs([sampleRunningTarget('a')], 0)).toBeUndefined();
});
