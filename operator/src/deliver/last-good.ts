import type { ResourceKey, TableResource } from '@headgate/crds';

interface GoodForms {
  readonly current: TableResource;
  /** What to fall back to when `current` turns out to be refused by a proxy that comes later. */
  readonly previous?: TableResource;
}

/** Per refused hash: which proxies refuse it, and why. */
type Rejections = Map<string, Map<string, string>>;

/**
 * Remembers per resource the last form that every connected proxy took, and which forms some proxy refused. A refused
 * form is never given to a proxy that does not hold it already: that one gets the last good form. Without this memory a
 * restarting proxy loads what its neighbours refused (envoyproxy/gateway#9198).
 */
export class LastGood {
  readonly #good = new Map<ResourceKey, GoodForms>();
  readonly #rejections = new Map<ResourceKey, Rejections>();
  /** Forms that were published and wait for every proxy's ack; revision = where they first appeared. */
  readonly #pending = new Map<ResourceKey, { readonly form: TableResource; readonly revision: number }>();

  /** Leadership ended: what was accepted since then is another leader's to know. */
  clear(): void {
    this.#good.clear();
    this.#pending.clear();
    this.#rejections.clear();
  }

  /** Takes over the forms that an earlier leader saw accepted. */
  seed(forms: Iterable<readonly [ResourceKey, TableResource]>): void {
    for (const [key, form] of forms) this.#good.set(key, { current: form });
  }

  /** A resource got a new form, or went away, in `revision`. */
  published(key: ResourceKey, form: TableResource | undefined, revision: number): void {
    if (form === undefined) {
      this.#good.delete(key);
      this.#pending.delete(key);
      this.#rejections.delete(key);
      return;
    }
    this.#pending.set(key, { form, revision });
    const rejections = this.#rejections.get(key);
    for (const hash of rejections?.keys() ?? []) if (hash !== form.hash) rejections?.delete(hash);
    if (rejections?.size === 0) this.#rejections.delete(key);
  }

  reject(key: ResourceKey, hash: string, proxyId: string, reason: string): void {
    const rejections: Rejections = this.#rejections.get(key) ?? new Map();
    rejections.set(hash, (rejections.get(hash) ?? new Map<string, string>()).set(proxyId, reason));
    this.#rejections.set(key, rejections);
    const good = this.#good.get(key);
    if (good?.current.hash !== hash) return;
    if (good.previous === undefined) this.#good.delete(key);
    else this.#good.set(key, { current: good.previous });
  }

  /** Every connected proxy acknowledged `revision`: what it holds and nobody refused is good from now on. */
  acknowledged(revision: number): void {
    for (const [key, { form, revision: since }] of this.#pending) {
      if (since > revision) continue;
      if (this.isRejected(key, form.hash)) continue;
      this.#pending.delete(key);
      const before = this.#good.get(key);
      if (before?.current.hash === form.hash) continue;
      this.#good.set(key, before === undefined ? { current: form } : { current: form, previous: before.current });
    }
  }

  /** The proxy is gone (or came back as another version): its refusals no longer bind anyone. */
  forget(proxyId: string): void {
    for (const [key, rejections] of this.#rejections) {
      for (const [hash, by] of rejections) {
        by.delete(proxyId);
        if (by.size === 0) rejections.delete(hash);
      }
      if (rejections.size === 0) this.#rejections.delete(key);
    }
  }

  isRejected(key: ResourceKey, hash: string): boolean {
    return this.#rejections.get(key)?.has(hash) === true;
  }

  hasRejections(): boolean {
    return this.#rejections.size > 0;
  }

  /**
   * The form to give to a proxy that holds `heldHash` of this resource. Undefined = none: the only form there is was
   * refused, and a proxy that holds something else keeps it.
   */
  formFor(key: ResourceKey, current: TableResource, heldHash: string | undefined): TableResource | undefined {
    if (heldHash === current.hash || !this.isRejected(key, current.hash)) return current;
    return this.#good.get(key)?.current;
  }
}
