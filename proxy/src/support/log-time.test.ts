import { expect, test } from '@jest/globals';
import { formatLogTime } from './log-time.ts';

test('a log time is what Date.toISOString gives, within one second and from second to second', () => {
  for (const epochMs of [0, 7, 42, 999, 1000, 1001, 1_700_000_000_000, 1_700_000_000_099, 1_699_999_999_999]) {
    expect(formatLogTime(epochMs)).toBe(new Date(epochMs).toISOString());
  }
});
