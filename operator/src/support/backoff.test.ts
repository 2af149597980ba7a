import { expect, test } from '@jest/globals';
import { DecorrelatedBackoff, exponentialBackoffMs } from './backoff.ts';

test('exponential back-off doubles from the base and never leaves the maximum', () => {
  expect([1, 2, 3, 18, 19, 1_000].map((failures) => exponentialBackoffMs(failures, 5, 1_000_000))).toEqual([
    5, 10, 20, 655_360, 1_000_000, 1_000_000,
  ]);
});

test('decorrelated back-off stays between base and maximum and grows at most threefold', () => {
  for (const random of [0, 0.25, 0.5, 0.999]) {
    const backoff = new DecorrelatedBackoff(800, 30_000, () => random);
    let previousMs = 800;
    for (let i = 0; i < 50; i++) {
      const delayMs = backoff.nextMs();
      expect(delayMs).toBeGreaterThanOrEqual(800);
      expect(delayMs).toBeLessThanOrEqual(Math.min(30_000, previousMs * 3));
      previousMs = delayMs;
    }
  }
});

test('a reset begins again at the base', () => {
  const backoff = new DecorrelatedBackoff(800, 30_000, () => 0.999);
  for (let i = 0; i < 10; i++) backoff.nextMs();
  backoff.reset();
  expect(backoff.nextMs()).toBeLessThanOrEqual(2_400);
});
