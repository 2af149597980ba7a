import type { Count } from '../support/counters.ts';
import { deepFreeze } from '../support/deep-freeze.ts';
import { type KubeObject, objectKey } from '../support/kube-object.ts';
import type { Logger } from '../support/logger.ts';
import { compareResourceVersions } from './resource-version.ts';

/** Where a reflector puts what it learns. */
export interface ReflectorTarget {
  /** Everything there is in `scope`; what is held and not among it is gone, also when nobody saw it go. */
  replace(scope: string, objects: readonly KubeObject[]): void;
  upsert(object: KubeObject): void;
  remove(object: KubeObject): void;
}

export interface StoreOptions<T extends KubeObject> {
  /** Label in counters and logs. */
  readonly name: string;
  /** What reflectors list one by one (see `ReflectorOptions.scope`), or `['']` for all at once; the store has synced when each was listed. */
  readonly scopes: readonly string[];
  /** Reads an object of the API; undefined leaves it out. The place to drop what nobody needs before it is kept. */
  readonly read: (object: KubeObject) => T | undefined;
  /** Keys under which an object can be found, per index. */
  readonly indexers?: Readonly<Record<string, (object: T) => readonly string[]>>;
  readonly logger: Logger;
  readonly count: Count;
}

interface Entry<T> {
  readonly object: T;
  /** [index, value] */
  readonly filedUnder: readonly (readonly [string, string])[];
}

/** What a listener is told: only which object changed, never what it is now. Listeners enqueue. */
export type StoreListener = (key: string) => void;

/** Frozen objects by key, with indexes. Knows nothing of lists and watches: a reflector fills it. */
export class Store<T extends KubeObject> implements ReflectorTarget {
  readonly #options: StoreOptions<T>;
  readonly #entries = new Map<string, Entry<T>>();
  /** index -> value -> keys */
  readonly #indexes = new Map<string, Map<string, Set<string>>>();
  readonly #listeners: StoreListener[] = [];
  #syncListeners: (() => void)[] = [];
  readonly #pendingScopes: Set<string>;
  /** Sorting is what costs, so an object that only changes keeps its place. */
  #sortedKeys: readonly string[] | undefined;
  #sorted: readonly T[] | undefined;

  constructor(options: StoreOptions<T>) {
    this.#options = options;
    this.#pendingScopes = new Set(options.scopes);
    for (const index of Object.keys(options.indexers ?? {})) this.#indexes.set(index, new Map());
  }

  /** True once every scope was listed completely, and ever after. */
  hasSynced(): boolean {
    return this.#pendingScopes.size === 0;
  }

  onChange(listener: StoreListener): void {
    this.#listeners.push(listener);
  }

  /** Called once, when the store has synced: an empty collection brings no change that would tell. Must only enqueue. */
  onSynced(listener: () => void): void {
    this.#syncListeners.push(listener);
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.object;
  }

  /** All objects in the order of their keys; the same array until something changes. */
  list(): readonly T[] {
    this.#sortedKeys ??= [...this.#entries.keys()].sort();
    this.#sorted ??= Object.freeze(this.#objectsOf(this.#sortedKeys));
    return this.#sorted;
  }

  /** Objects that an indexer filed under `value`, in no particular order. */
  byIndex(index: string, value: string): readonly T[] {
    return this.#objectsOf([...(this.#indexes.get(index)?.get(value) ?? [])]);
  }

  /** Values under which an index holds something. */
  indexValues(index: string): Iterable<string> {
    return this.#indexes.get(index)?.keys() ?? [];
  }

  replace(scope: string, objects: readonly KubeObject[]): void {
    const listed = new Set(objects.map((object) => objectKey(object.metadata)));
    for (const [key, { object }] of this.#entries) {
      if (isInScope(object, scope) && !listed.has(key)) this.#delete(key);
    }
    // A list is the truth, also where it is older than what is held: the server may have been restored from a backup.
    for (const object of objects) if (this.#held(object)?.metadata.resourceVersion !== object.metadata.resourceVersion) this.#set(object);
    this.#pendingScopes.delete(scope);
    if (this.hasSynced()) for (const listener of this.#syncListeners.splice(0)) listener();
  }

  upsert(object: KubeObject): void {
    if (!this.#isOlderThanHeld(object)) this.#set(object);
  }

  remove(object: KubeObject): void {
    if (!this.#isOlderThanHeld(object)) this.#delete(objectKey(object.metadata));
  }

  #objectsOf(keys: readonly string[]): readonly T[] {
    return keys.map((key) => this.#entries.get(key)?.object).filter((object) => object !== undefined);
  }

  #held(object: KubeObject): T | undefined {
    return this.#entries.get(objectKey(object.metadata))?.object;
  }

  #isOlderThanHeld(object: KubeObject): boolean {
    const heldVersion = this.#held(object)?.metadata.resourceVersion;
    const version = object.metadata.resourceVersion;
    return heldVersion !== undefined && version !== undefined && compareResourceVersions(version, heldVersion) < 0;
  }

  #set(raw: KubeObject): void {
    const key = objectKey(raw.metadata);
    const entry = this.#read(key, raw);
    if (entry === undefined) {
      this.#delete(key);
      return;
    }
    this.#unindex(key);
    if (!this.#entries.has(key)) this.#sortedKeys = undefined;
    this.#entries.set(key, entry);
    for (const [index, value] of entry.filedUnder) {
      const values = this.#indexes.get(index);
      const keys = values?.get(value);
      if (keys === undefined) values?.set(value, new Set([key]));
      else keys.add(key);
    }
    this.#changed(key);
  }

  /** An object whose reading throws is left out: it must not keep the others from being listed. */
  #read(key: string, raw: KubeObject): Entry<T> | undefined {
    try {
      const object = this.#options.read(raw);
      if (object === undefined) return undefined;
      const indexers = Object.entries(this.#options.indexers ?? {});
      const filedUnder = indexers.flatMap(([index, valuesOf]) => valuesOf(object).map((value): [string, string] => [index, value]));
      return { object: deepFreeze(object), filedUnder };
    } catch (error) {
      this.#threw(key, error, 'object could not be read');
      return undefined;
    }
  }

  #delete(key: string): void {
    if (!this.#entries.has(key)) return;
    this.#unindex(key);
    this.#sortedKeys = undefined;
    this.#entries.delete(key);
    this.#changed(key);
  }

  #unindex(key: string): void {
    for (const [index, value] of this.#entries.get(key)?.filedUnder ?? []) {
      const values = this.#indexes.get(index);
      values?.get(value)?.delete(key);
      if (values?.get(value)?.size === 0) values.delete(value);
    }
  }

  #changed(key: string): void {
    this.#sorted = undefined;
    for (const listener of this.#listeners) {
      try {
        listener(key);
      } catch (error) {
        // It must not cost the others the news, nor end the watch that brought it.
        this.#threw(key, error, 'listener of a store threw');
      }
    }
  }

  #threw(key: string, error: unknown, message: string): void {
    this.#options.count('reflector_handler_errors_total', { resource: this.#options.name });
    this.#options.logger.error({ err: error, store: this.#options.name, object: key }, message);
  }
}

function isInScope(object: KubeObject, scope: string): boolean {
  return scope === '' || (object.metadata.namespace ?? object.metadata.name) === scope;
}
