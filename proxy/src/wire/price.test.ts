import { describe, expect, test } from '@jest/globals';
import { costNanoUsd } from './price.ts';
import type { Usage } from './usage.ts';

const usage: Usage = { inputTokens: 1000, cacheReadTokens: 400, cacheWriteTokens: 100, outputTokens: 50, reasoningTokens: 20 };

describe('costNanoUsd', () => {
  test('an unpriced model costs an unknown amount, not nothing', () => {
    expect(costNanoUsd(usage, undefined)).toBeUndefined();
  });

  test('every kind of token has its own price, reasoning is part of the output', () => {
    const pricing = { inputNanoUsd: 3000, outputNanoUsd: 15000, cachedInputNanoUsd: 300, cacheWriteNanoUsd: 3750, perRequestNanoUsd: 7 };
    expect(costNanoUsd(usage, pricing)).toBe(3_000_000 + 120_000 + 375_000 + 750_000 + 7);
  });

  test('where the provider charges for less than it has read, the cost is that', () => {
    const pricing = { inputNanoUsd: 10, outputNanoUsd: 100 };
    expect(costNanoUsd({ ...usage, billed: { inputTokens: 8, outputTokens: 7 } }, pricing)).toBe(780);
  });

  test('cached input without a price of its own costs what input costs', () => {
    expect(costNanoUsd(usage, { inputNanoUsd: 10, outputNanoUsd: 0 })).toBe(15_000);
  });

  test('fractions of a nano-USD are summed before they are rounded', () => {
    expect(
      costNanoUsd(
        { ...usage, inputTokens: 3, cacheReadTokens: 3, cacheWriteTokens: 0, outputTokens: 0 },
        { inputNanoUsd: 0.25, outputNanoUsd: 1, cachedInputNanoUsd: 0.1 },
      ),
    ).toBe(1);
  });

  test('the last tier exceeded prices the whole request; reaching it exactly is not exceeding it', () => {
    const tiers = [
      { aboveInputTokens: 1000, inputNanoUsd: 20, outputNanoUsd: 0 },
      { aboveInputTokens: 1500, inputNanoUsd: 40, outputNanoUsd: 0, cachedInputNanoUsd: 4 },
    ];
    const pricing = { inputNanoUsd: 10, outputNanoUsd: 0, tiers };
    expect(costNanoUsd(usage, pricing)).toBe(1500 * 20);
    expect(costNanoUsd({ ...usage, inputTokens: 1001 }, pricing)).toBe(1001 * 40 + 400 * 4 + 100 * 40);
    expect(costNanoUsd({ ...usage, inputTokens: 100 }, pricing)).toBe(600 * 10);
  });
});
