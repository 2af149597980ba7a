import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SlotList } from './slot-list.ts';

test('behaves as a set, whatever comes and goes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9))), (operations) => {
      const items = Array.from({ length: 10 }, (_, id) => ({ id, slot: -1 }));
      const list = new SlotList<(typeof items)[number]>();
      const model = new Set<number>();
      for (const [adds, id] of operations) {
        const item = items[id];
        if (item === undefined) continue;
        if (adds) list.add(item);
        else list.remove(item);
        if (adds) model.add(id);
        else model.delete(id);
      }
      const seen: number[] = [];
      list.forEach(({ id }) => {
        seen.push(id);
      });
      expect(seen.sort()).toEqual([...model].sort());
      expect(list.size).toBe(model.size);
    }),
  );
});

test('the item at hand may be removed while the list is visited', () => {
  const items = Array.from({ length: 5 }, (_, id) => ({ id, slot: -1 }));
  const list = new SlotList<(typeof items)[number]>();
  for (const item of items) list.add(item);
  const seen: number[] = [];
  list.forEach((item) => {
    seen.push(item.id);
    list.remove(item);
  });
  expect(seen.sort()).toEqual([0, 1, 2, 3, 4]);
  expect(list.size).toBe(0);
});
