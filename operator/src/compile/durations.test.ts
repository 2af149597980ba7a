import { expect, test } from '@jest/globals';
import { parseDurationMs } from './durations.ts';

test.each([
  ['0s', 0],
  ['1ms', 1],
  ['500ms', 500],
  ['30s', 30_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1m30s', 90_000],
  ['1h2m3s4ms', 3_723_004],
  ['99999h', 359_996_400_000],
])('%s is %d ms', (text, expected) => expect(parseDurationMs(text)).toBe(expected));

test.each(['', '30', 's', '1.5s', '-1s', '1d', '100000s', '1s1s1s1s1s', ' 1s', '1s ', '1S', 30, null, undefined, {}, Number.NaN])(
  '%j is not a duration',
  (text) => expect(parseDurationMs(text)).toBeUndefined(),
);
