import { describe, expect, test } from '@jest/globals';
import { parseDurationMs } from './parse-duration.ts';

describe('durations', () => {
  test.each([
    ['30s', 30_000],
    ['500ms', 500],
    ['1h30m', 5_400_000],
    ['1m30s5ms', 90_005],
    ['0s', 0],
    ['99999h', 359_996_400_000],
  ])('%s is %i ms', (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected);
  });

  test.each(['', '30', 's', '-1s', '1.5s', '30 s', '30S', '1d', '100000s', '1s1s1s1s1s', '30s\n', 30, null, undefined])(
    '%j is not a duration',
    (text) => {
      expect(parseDurationMs(text)).toBeUndefined();
    },
  );
});
