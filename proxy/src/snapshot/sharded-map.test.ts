import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ShardedMap } from './sharded-map.ts';

describe('ShardedMap', () => {
  test('behaves as a Map does under any sequence of edits, and never changes itself', () => {
    const edit = fc.dictionary(fc.string({ maxLength: 3 }), fc.option(fc.integer(), { nil: undefined }), { maxKeys: 20 });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 10 }), (edits) => {
        const model = new Map<string, number>();
        let map = ShardedMap.empty<number>();
        for (const changes of edits) {
          const before = [...map];
          const old = map;
          map = map.edited(new Map(Object.entries(changes)));
          expect([...old]).toEqual(before);
          for (const [key, value] of Object.entries(changes)) {
            if (value === undefined) model.delete(key);
            else model.set(key, value);
          }
          expect(map.size).toBe(model.size);
          expect(new Map(map)).toEqual(model);
          for (const key of model.keys()) expect(map.get(key)).toBe(model.get(key));
          expect(new Set(map.keys())).toEqual(new Set(model.keys()));
          expect([...map.values()].sort()).toEqual([...model.values()].sort());
        }
      }),
      { numRuns: 100 },
    );
  });

  test('an edit without changes is the same map', () => {
    const map = ShardedMap.empty<number>().edited(new Map([['a', 1]]));
    expect(map.edited(new Map())).toBe(map);
    expect(map.has('a')).toBe(true);
    expect(map.has('b')).toBe(false);
  });

  test('visits every entry once', () => {
    const map = ShardedMap.empty<number>().edited(new Map(Array.from({ length: 1000 }, (_, i) => [`key-${i}`, i])));
    const seen = new Set<string>();
    map.forEach((value, key) => {
      expect(key).toBe(`key-${value}`);
      seen.add(key);
    });
    expect(seen.size).toBe(1000);
  });
});
