import { expect, test } from '@jest/globals';
import { TokenBucket } from './token-bucket.ts';

test('the burst is free, then places are handed out at the rate', () => {
  const bucket = new TokenBucket(5, 2, 0);
  expect([0, 0, 0, 0, 0].map((now) => bucket.reserveMs(now))).toEqual([0, 0, 200, 400, 600]);
});

test('take() only takes what is there now', () => {
  const bucket = new TokenBucket(1, 1, 0);
  expect([0, 0, 500, 1_000, 1_000].map((now) => bucket.take(now))).toEqual([true, false, false, true, false]);
});

test('a long rest earns no more than the burst, and a clock that goes back earns nothing', () => {
  const bucket = new TokenBucket(10, 3, 0);
  const granted = Array.from({ length: 10 }, () => bucket.take(1_000_000)).filter((taken) => taken);
  expect(granted).toHaveLength(3);
  expect(bucket.take(0)).toBe(false);
});
