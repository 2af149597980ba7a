import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type EndpointShape, sampleRunningTarget, seededRandom } from '../snapshot/sample-target.ts';
import { orderEndpoints } from './order-endpoints.ts';

const random = seededRandom(3);

function order(endpoints: readonly EndpointShape[], limit = 100): readonly string[] {
  return orderEndpoints(sampleRunningTarget('p', { endpoints }).endpoints, { nowMs: 0, random, limit }).map(({ id }) =>
    id.replace('team/p/m@', ''),
  );
}

function shareOf(id: RegExp, endpoints: readonly EndpointShape[], draws = 4_000): number {
  let hits = 0;
  for (let i = 0; i < draws; i += 1) if (id.test(order(endpoints)[0] ?? '')) hits += 1;
  return hits / draws;
}

describe('orderEndpoints', () => {
  test('holds every endpoint once, up to the limit', () => {
    const shapes = fc.array(
      fc.record({ key: fc.constantFrom('a', 'b', 'c'), keyWeight: fc.constantFrom(0, 1, 5), ttftEwmaMs: fc.nat(500), inFlight: fc.nat(9) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(shapes, fc.integer({ min: 2, max: 30 }), (endpoints, limit) => {
        const ids = order(endpoints, limit);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.length).toBe(Math.min(limit, endpoints.length));
      }),
      { numRuns: 200 },
    );
  });

  test('traffic is shared among keys by weight', () => {
    const endpoints = [
      { key: 'a', keyWeight: 3 },
      { key: 'b', keyWeight: 1 },
    ];
    expect(shareOf(/^a/, endpoints)).toBeCloseTo(0.75, 1);
  });

  test('a key of weight 0 comes after every other endpoint', () => {
    const ids = order([{ key: 'spare', keyWeight: 0 }, { key: 'a' }, { key: 'a' }, { key: 'b' }]);
    expect(ids.at(-1)).toBe('spare#0');
  });

  test('of two addresses the less loaded goes first', () => {
    expect(shareOf(/#1$/, [{ ttftEwmaMs: 500 }, { ttftEwmaMs: 100 }], 50)).toBe(1);
    expect(
      shareOf(
        /#0$/,
        [
          { ttftEwmaMs: 100, inFlight: 1 },
          { ttftEwmaMs: 100, inFlight: 5 },
        ],
        50,
      ),
    ).toBe(1);
  });

  test('the slowest of many addresses never goes first', () => {
    const endpoints = [100, 110, 120, 5_000].map((ttftEwmaMs) => ({ ttftEwmaMs }));
    expect(shareOf(/#3$/, endpoints)).toBe(0);
  });

  test('the second attempt leaves the first key behind where there is another', () => {
    const endpoints = [{ key: 'a' }, { key: 'a' }, { key: 'b' }, { key: 'b' }];
    for (let i = 0; i < 50; i += 1) {
      const [first = '', second = ''] = order(endpoints);
      expect(first[0]).not.toBe(second[0]);
    }
  });
});
