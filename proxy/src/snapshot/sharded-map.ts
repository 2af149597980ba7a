/** A power of two. Few enough that an index per namespace stays small. */
const SHARDS = 64;

/**
 * An immutable map whose edited copies share all but the touched shards: an edit of a map of ten thousand entries copies
 * about forty of them. Iterates shard by shard, which is an order of its own but always the same for the same keys.
 */
export class ShardedMap<V> implements ReadonlyMap<string, V> {
  readonly size: number;
  readonly #shards: readonly ReadonlyMap<string, V>[];

  private constructor(shards: readonly ReadonlyMap<string, V>[], size: number) {
    this.#shards = shards;
    this.size = size;
  }

  static empty<V>(): ShardedMap<V> {
    const none: ReadonlyMap<string, V> = new Map();
    return new ShardedMap<V>(new Array<ReadonlyMap<string, V>>(SHARDS).fill(none), 0);
  }

  get(key: string): V | undefined {
    return this.#shards[shardOf(key)]?.get(key);
  }

  has(key: string): boolean {
    return this.#shards[shardOf(key)]?.has(key) === true;
  }

  /** A copy with these entries set; `undefined` removes. Without changes, the map itself. */
  edited(changes: ReadonlyMap<string, V | undefined>): ShardedMap<V> {
    if (changes.size === 0) return this;
    const copies = new Map<number, Map<string, V>>();
    let size = this.size;
    for (const [key, value] of changes) {
      const at = shardOf(key);
      const shard = copies.get(at) ?? new Map(this.#shards[at]);
      copies.set(at, shard);
      size -= shard.size;
      if (value === undefined) shard.delete(key);
      else shard.set(key, value);
      size += shard.size;
    }
    const shards = [...this.#shards];
    for (const [at, shard] of copies) shards[at] = shard;
    return new ShardedMap(shards, size);
  }

  *entries(): MapIterator<[string, V]> {
    for (const shard of this.#shards) yield* shard.entries();
  }

  *keys(): MapIterator<string> {
    for (const shard of this.#shards) yield* shard.keys();
  }

  *values(): MapIterator<V> {
    for (const shard of this.#shards) yield* shard.values();
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(visit: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const shard of this.#shards) for (const [key, value] of shard) visit(value, key, this);
  }
}

/** FNV-1a over UTF-16 code units, folded to a shard number. */
function shardOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 16)) & (SHARDS - 1);
}
