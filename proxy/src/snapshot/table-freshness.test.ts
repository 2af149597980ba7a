import { expect, test } from '@jest/globals';
import { mayJudgeKeys, staleSeconds } from './table-freshness.ts';

test('a key may be called wrong only while the stream confirms the table', () => {
  expect(mayJudgeKeys({ connected: true, lastFrameAtMs: 0 })).toBe(true);
  expect(mayJudgeKeys({ connected: false, lastFrameAtMs: 0 })).toBe(false);
});

test('staleness is the time since the last frame; never heard is for ever', () => {
  expect(staleSeconds({ connected: true, lastFrameAtMs: 1_000 }, 3_500)).toBe(2.5);
  expect(staleSeconds({ connected: true, lastFrameAtMs: 1_000 }, 500)).toBe(0);
  expect(staleSeconds({ connected: false, lastFrameAtMs: undefined }, 0)).toBe(Number.POSITIVE_INFINITY);
});
