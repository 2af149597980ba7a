import { describe, expect, test } from '@jest/globals';
import { sampleFacts } from '../snapshot/sample-table.ts';
import { sampleRunningTarget, seededRandom } from '../snapshot/sample-target.ts';
import { weighted } from './weighted.ts';

const facts = sampleFacts();

function share(weights: readonly number[], draws: number): readonly number[] {
  const targets = weights.map((weight, i) => sampleRunningTarget(`p${i}`, { weight }));
  const random = seededRandom(7);
  const counts = weights.map(() => 0);
  for (let i = 0; i < draws; i += 1) {
    const [first] = weighted.rank(targets, { facts, nowMs: 0, random, state: { credit: new Map() }, pinned: false });
    const at = targets.findIndex((target) => target.id === first?.id);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count) => count / draws);
}

describe('Weighted', () => {
  test('shares follow the weights within one percentage point over 20,000 calls', () => {
    const shares = share([70, 20, 10], 20_000);
    for (const [i, expected] of [0.7, 0.2, 0.1].entries()) expect(Math.abs((shares[i] ?? 0) - expected)).toBeLessThan(0.01);
  });

  test('weight 0 gets nothing while others can serve', () => {
    expect(share([1, 0], 1_000)).toEqual([1, 0]);
  });

  test('with weights of 0 only, the policy’s order stands', () => {
    expect(share([0, 0], 10)).toEqual([1, 0]);
  });

  test('the second place is drawn by weight as well', () => {
    const targets = [1, 90, 9].map((weight, i) => sampleRunningTarget(`p${i}`, { weight }));
    const random = seededRandom(3);
    let heavySecond = 0;
    let lightFirst = 0;
    for (let i = 0; i < 5_000; i += 1) {
      const order = weighted.rank(targets, { facts, nowMs: 0, random, state: { credit: new Map() }, pinned: false });
      if (order[0]?.id !== 'team/p0/m') continue;
      lightFirst += 1;
      if (order[1]?.id === 'team/p1/m') heavySecond += 1;
    }
    expect(heavySecond / lightFirst).toBeGreaterThan(0.75);
  });
});
