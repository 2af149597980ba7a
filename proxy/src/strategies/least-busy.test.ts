import { describe, expect, test } from '@jest/globals';
import { sampleFacts } from '../snapshot/sample-table.ts';
import { sampleRunningTarget, seededRandom, type TargetShape } from '../snapshot/sample-target.ts';
import { leastBusy } from './least-busy.ts';

function order(shapes: Readonly<Record<string, TargetShape>>, random: () => number = seededRandom(1)): readonly string[] {
  const targets = Object.entries(shapes).map(([name, shape]) => sampleRunningTarget(name, shape));
  const context = { facts: sampleFacts(), nowMs: 0, random, state: { credit: new Map() }, pinned: false };
  return leastBusy.rank(targets, context).map((target) => target.resource.provider.slice('provider/team/'.length));
}

describe('LeastBusy', () => {
  test('fewest requests in flight first', () => {
    const shapes = { a: { endpoints: [{ inFlight: 5 }] }, b: { endpoints: [{ inFlight: 1 }] }, c: { endpoints: [{ inFlight: 3 }] } };
    expect(order(shapes)).toEqual(['b', 'c', 'a']);
  });

  test('counts per endpoint: six requests on three pods are less than three on one', () => {
    const pod = { inFlight: 2 };
    expect(order({ a: { endpoints: [{ inFlight: 3 }] }, b: { endpoints: [pod, pod, pod] } })).toEqual(['b', 'a']);
  });

  test('a target of twice the weight carries twice as many', () => {
    expect(order({ a: { weight: 1, endpoints: [{ inFlight: 3 }] }, b: { weight: 2, endpoints: [{ inFlight: 5 }] } })).toEqual(['b', 'a']);
  });

  test('equals share the first place', () => {
    const random = seededRandom(5);
    const counts = { a: 0, b: 0 };
    for (let i = 0; i < 1_000; i += 1) counts[order({ a: {}, b: {} }, random)[0] === 'a' ? 'a' : 'b'] += 1;
    expect(counts.a).toBeGreaterThan(400);
    expect(counts.b).toBeGreaterThan(400);
  });

  test('weight 0 comes last however idle it is', () => {
    expect(order({ a: { weight: 0 }, b: { endpoints: [{ inFlight: 99 }] } })).toEqual(['b', 'a']);
  });
});
