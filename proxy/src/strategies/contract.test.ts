import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sampleFacts } from '../snapshot/sample-table.ts';
import { sampleRunningTarget, seededRandom, type TargetShape } from '../snapshot/sample-target.ts';
import type { StrategyState, Target } from '../snapshot/snapshot.ts';
import { findStrategy, strategies } from './registry.ts';
import type { Strategy, StrategyContext } from './strategy.ts';

const price = fc.constantFrom(0, 0.5, 150, 15_000).map((nanoUsd) => ({ inputNanoUsd: nanoUsd, outputNanoUsd: nanoUsd }));
const shape: fc.Arbitrary<TargetShape> = fc
  .record({
    weight: fc.constantFrom(0, 1, 1, 2, 10, 1_000_000),
    endpoints: fc.array(fc.record({ inFlight: fc.nat(50), ttftEwmaMs: fc.constantFrom(0, 0.5, 100, 5_000) }), {
      minLength: 1,
      maxLength: 4,
    }),
    pricing: fc.option(price, { nil: undefined }),
  })
  .map(({ pricing, ...others }) => (pricing === undefined ? others : { ...others, pricing }));
const shapes = fc.array(shape, { minLength: 1, maxLength: 16 });

function targetsOf(list: readonly TargetShape[]): readonly Target[] {
  return list.map((item, i) => sampleRunningTarget(`p${i}`, item));
}

/** Idle, unsampled targets of these weights. */
function idle(...weights: readonly number[]): readonly Target[] {
  return targetsOf(weights.map((weight) => ({ weight })));
}

function context(fields: Partial<StrategyContext> = {}): StrategyContext {
  return { facts: sampleFacts(), nowMs: 1_000, random: seededRandom(1), state: newState(), pinned: false, ...fields };
}

function newState(): StrategyState {
  return { credit: new Map() };
}

function ids(targets: readonly Target[]): readonly string[] {
  return targets.map((target) => target.id);
}

const types = ['Priority', 'RoundRobin', 'Weighted', 'LeastBusy', 'Latency', 'Cost'] as const;

test('the registry holds every type of the contract exactly once', () => {
  expect(strategies.map((strategy) => strategy.type).toSorted()).toEqual(types.toSorted());
  for (const type of types) expect(findStrategy(type)?.type).toBe(type);
});

describe.each(strategies.map((strategy) => [strategy.type, strategy] as const))('every strategy: %s', (_, strategy: Strategy) => {
  test('ranks each target exactly once, whatever weights, loads, latencies and prices are', () => {
    fc.assert(
      fc.property(shapes, fc.boolean(), fc.nat(), (list, pinned, seed) => {
        const targets = targetsOf(list);
        const order = strategy.rank(targets, context({ random: seededRandom(seed), pinned }));
        expect(ids(order).toSorted()).toEqual(ids(targets).toSorted());
      }),
      { numRuns: 100 },
    );
  });

  test('leaves its input as it was', () => {
    fc.assert(
      fc.property(shapes, (list) => {
        const targets = Object.freeze(targetsOf(list));
        const before = ids(targets);
        strategy.rank(targets, context());
        expect(ids(targets)).toEqual(before);
      }),
      { numRuns: 30 },
    );
  });

  test('a single target is the whole answer', () => {
    const targets = idle(0);
    expect(ids(strategy.rank(targets, context()))).toEqual(['team/p0/m']);
  });

  test('the same seed, state and signals give the same order', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (list, seed) => {
        const targets = targetsOf(list);
        const run = (): readonly (readonly string[])[] => {
          const state = newState();
          const random = seededRandom(seed);
          return Array.from({ length: 5 }, () => ids(strategy.rank(targets, context({ random, state }))));
        };
        expect(run()).toEqual(run());
      }),
      { numRuns: 50 },
    );
  });

  test('pinned calls with equal draws get equal orders, however many other calls come between', () => {
    const targets = idle(3, 1, 2);
    const state = newState();
    const pinnedOrder = (): readonly string[] => ids(strategy.rank(targets, context({ state, random: seededRandom(42), pinned: true })));
    const first = pinnedOrder();
    for (let i = 0; i < 7; i += 1) strategy.rank(targets, context({ state, random: seededRandom(i) }));
    expect(pinnedOrder()).toEqual(first);
  });

  test('its state does not grow with the number of calls', () => {
    const targets = idle(1, 2, 3);
    const state = newState();
    for (let i = 0; i < 1_000; i += 1) strategy.rank(targets, context({ state, nowMs: i }));
    expect(state.credit.size).toBeLessThanOrEqual(targets.length);
    for (const credit of state.credit.values()) expect(Math.abs(credit)).toBeLessThanOrEqual(6);
  });

  test('goes on with its state over a table swap: new target objects, old ids', () => {
    const make = (): readonly Target[] => idle(1, 1, 1);
    const swapped = newState();
    const steady = newState();
    const same = make();
    const withSwaps = Array.from({ length: 9 }, (_, i) => ids(strategy.rank(make(), context({ state: swapped, random: seededRandom(i) }))));
    const without = Array.from({ length: 9 }, (_, i) => ids(strategy.rank(same, context({ state: steady, random: seededRandom(i) }))));
    expect(withSwaps).toEqual(without);
  });

  test('targets that come and go between calls are ranked like any others', () => {
    const all = idle(1, 1, 1, 1);
    const state = newState();
    for (let mask = 1; mask < 16; mask += 1) {
      const targets = all.filter((_target, i) => (mask & (1 << i)) !== 0);
      const order = strategy.rank(targets, context({ state, random: seededRandom(mask) }));
      expect(ids(order).toSorted()).toEqual(ids(targets).toSorted());
    }
  });
});
