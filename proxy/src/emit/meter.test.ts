import { describe, expect, test } from '@jest/globals';
import { formatUsd, meter } from './meter.ts';

const PRICING = { inputNanoUsd: 1000, outputNanoUsd: 2000, cachedInputNanoUsd: 100 };
const USAGE = { inputTokens: 10, cacheReadTokens: 100, cacheWriteTokens: 0, outputTokens: 5, reasoningTokens: 2 };

describe('meter', () => {
  test('prices what the provider told', () => {
    expect(meter({ usage: USAGE, estimatedOutputTokens: 99 }, 99, PRICING)).toEqual({
      usage: USAGE,
      estimated: false,
      costNanoUsd: 30_000,
    });
  });

  test('without a price the cost is unknown, not zero', () => {
    expect(meter({ usage: USAGE, estimatedOutputTokens: 0 }, 0, undefined).costNanoUsd).toBeUndefined();
  });

  test('without usage, input is what the request was estimated at and output what was streamed', () => {
    expect(meter({ usage: undefined, estimatedOutputTokens: 7 }, 12, PRICING)).toMatchObject({
      usage: { inputTokens: 12, outputTokens: 7 },
      estimated: true,
      costNanoUsd: 26_000,
    });
  });

  test('an absurd number of tokens cannot spoil the sums', () => {
    const { usage } = meter({ usage: { ...USAGE, outputTokens: 1e15 }, estimatedOutputTokens: 0 }, 0, PRICING);
    expect(usage).toMatchObject({ inputTokens: 10, outputTokens: 100_000_000 });
  });

  test('prices finer than a nano-USD per token are rounded once per request', () => {
    expect(
      meter({ usage: { ...USAGE, cacheReadTokens: 0, outputTokens: 0 }, estimatedOutputTokens: 0 }, 0, {
        inputNanoUsd: 2.85,
        outputNanoUsd: 0,
      }).costNanoUsd,
    ).toBe(29);
  });
});

test.each([
  [0, '0'],
  [1, '0.000000001'],
  [2_300_000, '0.0023'],
  [1_000_000_000, '1'],
  [12_345_678_900, '12.3456789'],
])('%i nano-USD are %s USD', (nano, text) => {
  expect(formatUsd(nano)).toBe(text);
});
