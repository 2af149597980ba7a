import type { Source } from './source.ts';
import type { ModelListing, World } from './world.ts';

/** A source whose world also holds what providers list, which is not in any object: the proxies tell it. */
export class SourceWithListings implements Source {
  readonly #inner: Source;
  readonly #listeners: (() => void)[] = [];
  #listings: ReadonlyMap<string, ModelListing> = new Map();
  #made: { readonly inner: World; readonly world: World } | undefined;

  constructor(inner: Source) {
    this.#inner = inner;
  }

  /** The lists from now on; the same map as before is no change. */
  tell(listings: ReadonlyMap<string, ModelListing>): void {
    if (listings === this.#listings) return;
    this.#listings = listings;
    this.#made = undefined;
    for (const listener of this.#listeners) listener();
  }

  start(): Promise<void> {
    return this.#inner.start();
  }

  hasSynced(): boolean {
    return this.#inner.hasSynced();
  }

  world(): World {
    const inner = this.#inner.world();
    if (this.#made?.inner !== inner) this.#made = { inner, world: Object.freeze({ ...inner, listings: this.#listings }) };
    return this.#made.world;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
    this.#inner.onChange(listener);
  }

  stop(): Promise<void> {
    return this.#inner.stop();
  }
}
