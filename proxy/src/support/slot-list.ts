/** A member of a `SlotList`; the list keeps the position here, so that removal needs no search. */
export interface Slotted {
  /** -1 = in no list. Belongs to the list. */
  slot: number;
}

/**
 * A set for things that come and go with every request. A `Set` would do but for garbage collection: it replaces its
 * table every few dozen insertions, old tables point to their successors, and once one has been promoted to the old
 * generation the chain keeps every later request alive until the next full collection (measured: 25 % of all allocations
 * survived, GC took a third of the CPU).
 */
export class SlotList<T extends Slotted> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    if (item.slot >= 0) return;
    item.slot = this.#items.length;
    this.#items.push(item);
  }

  remove(item: T): void {
    const { slot } = item;
    if (slot < 0) return;
    item.slot = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#items[slot] = last;
    last.slot = slot;
  }

  /** From the end, so that the item at hand may be removed while others are visited. */
  forEach(visit: (item: T) => void): void {
    for (let i = this.#items.length - 1; i >= 0; i--) {
      const item = this.#items[i];
      if (item !== undefined) visit(item);
    }
  }
}
