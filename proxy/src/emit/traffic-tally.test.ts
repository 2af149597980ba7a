import { expect, test } from '@jest/globals';
import { meter } from './meter.ts';
import { TrafficTally } from './traffic-tally.ts';

function metered(outputTokens: number): ReturnType<typeof meter> {
  const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens, reasoningTokens: 0 };
  return meter({ usage, estimatedOutputTokens: 0 }, 0, undefined);
}

test('tokens of a whole answer, whose generation nobody saw, count for no speed', () => {
  const tally = new TrafficTally();
  tally.add({ failed: false, metered: metered(500), ttftMs: 100, generationMs: undefined });
  tally.add({ failed: false, metered: metered(40), ttftMs: 100, generationMs: 800 });
  expect(tally.counts()).toMatchObject({ outputTokens: 540, streamedOutputTokens: 40, generationMs: 800 });
});
