import { expect, test } from '@jest/globals';
import { meter } from './meter.ts';
import { TrafficTally } from './traffic-tally.ts';

function metered(outputTokens: number): ReturnType<typeof meter> {
  const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens, reasoningTokens: 0 };
  return meter({ usage, estimatedOutputTokens: 0 }, 0, undefined);
}

test('tokens of a whole answer, whose generation nobody saw, count for no speed', () => {
  const tally = new TrafficTally();
  tally.add({ failed: false, metered: metered(500), priced: false, ttftMs: 100, generationMs: undefined });
  tally.add({ failed: false, metered: metered(40), priced: false, ttftMs: 100, generationMs: 800 });
  expect(tally.counts()).toMatchObject({ outputTokens: 540, streamedOutputTokens: 40, generationMs: 800 });
});

test('a failed call of a model without a price counts as one without a price, not as one that cost nothing', () => {
  const tally = new TrafficTally();
  tally.add({ failed: true, metered: undefined, priced: false, ttftMs: undefined, generationMs: undefined });
  tally.add({ failed: true, metered: undefined, priced: true, ttftMs: undefined, generationMs: undefined });
  expect(tally.counts()).toMatchObject({ requests: 2, unpricedRequests: 1, costNanoUsd: 0 });
});
