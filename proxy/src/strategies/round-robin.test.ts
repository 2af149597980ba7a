import { describe, expect, test } from '@jest/globals';
import { sampleFacts } from '../snapshot/sample-table.ts';
import { sampleRunningTarget, seededRandom } from '../snapshot/sample-target.ts';
import type { StrategyState, Target } from '../snapshot/snapshot.ts';
import { roundRobin } from './round-robin.ts';

const facts = sampleFacts();

function firsts(targets: readonly Target[], turns: number, state: StrategyState = { credit: new Map() }): string {
  const random = seededRandom(1);
  const names = Array.from({ length: turns }, () => roundRobin.rank(targets, { facts, nowMs: 0, random, state, pinned: false })[0]?.id[5]);
  return names.join('');
}

function targetsOf(weights: Readonly<Record<string, number>>): readonly Target[] {
  return Object.entries(weights).map(([name, weight]) => sampleRunningTarget(name, { weight }));
}

describe('RoundRobin', () => {
  test('equal weights take turns in the policy’s order', () => {
    expect(firsts(targetsOf({ a: 1, b: 1, c: 1 }), 7)).toBe('abcabca');
  });

  test('unequal weights are interleaved, not served in blocks', () => {
    expect(firsts(targetsOf({ a: 5, b: 1, c: 1 }), 7)).toBe('aabacaa');
  });

  test('a target of weight 0 never goes first and always comes last', () => {
    const targets = targetsOf({ a: 0, b: 1, c: 1 });
    expect(firsts(targets, 4)).toBe('bcbc');
    const order = roundRobin.rank(targets, { facts, nowMs: 0, random: () => 0, state: { credit: new Map() }, pinned: false });
    expect(order.at(-1)?.id).toBe('team/a/m');
  });

  test('a target that was away does not catch up in one go', () => {
    const targets = targetsOf({ a: 1, b: 1 });
    const state: StrategyState = { credit: new Map() };
    firsts(targets.slice(0, 1), 50, state);
    expect(firsts(targets, 4, state)).toMatch(/^(abab|baba)$/);
  });
});
