import type { ModelPricing } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { sampleFacts } from '../snapshot/sample-table.ts';
import { sampleRunningTarget } from '../snapshot/sample-target.ts';
import type { CallFacts } from '../wire/call-facts.ts';
import { cost } from './cost.ts';
import { expectedCostNanoUsd } from './expected-cost.ts';

function order(prices: Readonly<Record<string, ModelPricing | undefined>>, fields: Partial<CallFacts> = {}): readonly string[] {
  const targets = Object.entries(prices).map(([name, pricing]) => sampleRunningTarget(name, pricing === undefined ? {} : { pricing }));
  const context = { facts: sampleFacts(fields), nowMs: 0, random: () => 0, state: { credit: new Map() }, pinned: false };
  return cost.rank(targets, context).map((target) => target.resource.provider.slice('provider/team/'.length));
}

const flat = (nanoUsd: number): ModelPricing => ({ inputNanoUsd: nanoUsd, outputNanoUsd: nanoUsd });

describe('Cost', () => {
  test('cheapest first', () => {
    expect(order({ dear: flat(2_500), cheap: flat(150), middle: flat(800) })).toEqual(['cheap', 'middle', 'dear']);
  });

  test('a model without a price comes last, one that is free first', () => {
    expect(order({ unknown: undefined, dear: flat(1e6), free: flat(0) })).toEqual(['free', 'dear', 'unknown']);
  });

  test('equal prices keep the policy’s order', () => {
    expect(order({ b: flat(1), a: flat(1), c: flat(1) })).toEqual(['b', 'a', 'c']);
  });

  test('long inputs and long answers are weighed as such', () => {
    const prices = { cheapInput: { inputNanoUsd: 100, outputNanoUsd: 10_000 }, cheapOutput: { inputNanoUsd: 1_000, outputNanoUsd: 1_000 } };
    expect(order(prices, { inputTokens: 100_000 })[0]).toBe('cheapInput');
    expect(order(prices, { inputTokens: 100 })[0]).toBe('cheapOutput');
    expect(order(prices, { inputTokens: 100, maxOutputTokens: 5 })[0]).toBe('cheapInput');
  });

  test('the last tier exceeded prices the whole request', () => {
    const tiered: ModelPricing = {
      ...flat(100),
      tiers: [
        { aboveInputTokens: 1_000, ...flat(200) },
        { aboveInputTokens: 2_000, ...flat(400) },
      ],
    };
    const model = { name: 'm', capabilities: [], pricing: tiered };
    const at = (inputTokens: number): number | undefined =>
      expectedCostNanoUsd(model, sampleFacts({ operation: 'embeddings', inputTokens }));
    expect([1_000, 1_001, 2_001].map(at)).toEqual([100_000, 200_200, 800_400]);
  });

  test('a price per request counts', () => {
    expect(order({ a: { ...flat(1), perRequestNanoUsd: 1e9 }, b: flat(2) })).toEqual(['b', 'a']);
  });
});
