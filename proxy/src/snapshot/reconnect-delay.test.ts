import { describe, expect, test } from '@jest/globals';
import { reconnectDelayMs } from './reconnect-delay.ts';

describe('reconnectDelayMs', () => {
  test('doubles from 50 ms to 5 s and stays there, however often it failed', () => {
    const longest = [0, 1, 2, 6, 7, 50, 5_000].map((failures) => reconnectDelayMs(failures, () => 1));
    expect(longest).toEqual([50, 100, 200, 3_200, 5_000, 5_000, 5_000]);
  });

  test('spreads over the upper half', () => {
    expect(reconnectDelayMs(7, () => 0)).toBe(2_500);
    expect(reconnectDelayMs(0, () => 0)).toBe(25);
  });
});
