import { describe, expect, test } from '@jest/globals';
import { sampleFacts } from '../snapshot/sample-table.ts';
import { sampleRunningTarget, seededRandom, type TargetShape } from '../snapshot/sample-target.ts';
import { latency } from './latency.ts';

const random = seededRandom(11);

function order(
  shapes: Readonly<Record<string, TargetShape>>,
  options: { readonly nowMs?: number; readonly pinned?: boolean } = {},
): readonly string[] {
  const targets = Object.entries(shapes).map(([name, shape]) => sampleRunningTarget(name, shape));
  const context = {
    facts: sampleFacts(),
    nowMs: options.nowMs ?? 0,
    random,
    state: { credit: new Map() },
    pinned: options.pinned ?? false,
  };
  return latency.rank(targets, context).map((target) => target.resource.provider.slice('provider/team/'.length));
}

function endpoint(ttftEwmaMs: number, inFlight = 0): TargetShape {
  return { endpoints: [{ ttftEwmaMs, inFlight }] };
}

describe('Latency', () => {
  test('of two targets the faster goes first', () => {
    expect(order({ slow: endpoint(900), fast: endpoint(100) })).toEqual(['fast', 'slow']);
  });

  test('load counts: a fast target with ten requests in flight is slower than a slow idle one', () => {
    expect(order({ fast: endpoint(100, 10), slow: endpoint(900) })).toEqual(['slow', 'fast']);
  });

  test('the fastest of many gets most of the traffic, the slowest is never drawn first', () => {
    const shapes = { a: endpoint(100), b: endpoint(200), c: endpoint(300), d: endpoint(400) };
    const counts = new Map<string, number>();
    for (let i = 0; i < 2_000; i += 1) {
      const first = order(shapes)[0] ?? '';
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    // Two draws without replacement out of four: the best is among them in half of the cases.
    expect((counts.get('a') ?? 0) / 2_000).toBeCloseTo(0.5, 1);
    expect(counts.get('d')).toBeUndefined();
  });

  test('a pinned call always takes the fastest', () => {
    const shapes = { a: endpoint(300), b: endpoint(100), c: endpoint(200) };
    for (let i = 0; i < 20; i += 1) expect(order(shapes, { pinned: true })).toEqual(['b', 'c', 'a']);
  });

  test('a target nobody has tried is tried once, not flooded', () => {
    expect(order({ known: endpoint(100), fresh: endpoint(0) })).toEqual(['fresh', 'known']);
    expect(order({ known: endpoint(100, 5), fresh: endpoint(0, 1) })).toEqual(['known', 'fresh']);
  });

  test('the best endpoint of a target speaks for it', () => {
    expect(order({ a: endpoint(200), b: { endpoints: [{ ttftEwmaMs: 900 }, { ttftEwmaMs: 100 }] } })).toEqual(['b', 'a']);
  });

  test('weight 0 comes last however fast it is', () => {
    expect(order({ a: { ...endpoint(1), weight: 0 }, b: endpoint(900) })).toEqual(['b', 'a']);
  });
});
