import type { RejectedResource, ResourceKey } from '@headgate/crds';

/** Which proxies hold the present form of one resource. */
export interface Programming {
  /** First revision with the present form; 0 = the resource is not in the table. */
  readonly revision: number;
  readonly applied: number;
  /** Proxies connected. */
  readonly total: number;
  /** Proxies that do not hold it because it was refused, by name. */
  readonly rejected: readonly RejectedBy[];
}

export interface RejectedBy {
  readonly proxy: string;
  readonly reason: string;
}

interface ProxyState {
  ackedRevision: number;
  /** Value of the event counter when the proxy joined. */
  readonly joinedAt: number;
}

/** A form that a proxy refused. Proxies that join later are given the last good form in its place (deliver/last-good.ts). */
interface Rejection {
  readonly hash: string;
  readonly firstAt: number;
  readonly reasons: Map<string, string>;
}

/**
 * Keeps the last acknowledged revision of each proxy and the first revision of each resource's present form, which
 * together answer "who runs what" in O(proxies) memory per question instead of O(proxies x resources).
 */
export class Acknowledgements {
  readonly #proxies = new Map<string, ProxyState>();
  readonly #forms = new Map<ResourceKey, { readonly hash: string; readonly revision: number }>();
  readonly #rejections = new Map<ResourceKey, Rejection>();
  /** Per revision the proxies that acknowledged it; emptied when a proxy comes, answers or goes. */
  readonly #counts = new Map<number, number>();
  #events = 0;

  /** A table was published. Resources whose hash did not change keep the revision in which it first appeared. */
  published(table: { readonly revision: number; readonly resources: ReadonlyMap<ResourceKey, { readonly hash: string }> }): void {
    for (const key of this.#forms.keys()) {
      if (!table.resources.has(key)) this.#forget(key);
    }
    for (const [key, { hash }] of table.resources) {
      if (this.#forms.get(key)?.hash === hash) continue;
      this.#forget(key);
      this.#forms.set(key, { hash, revision: table.revision });
    }
  }

  /** A proxy connected; it counts from now on, with nothing acknowledged. One that is known keeps what it acknowledged. */
  joined(proxyId: string): void {
    if (this.#proxies.has(proxyId)) return;
    this.#counts.clear();
    this.#proxies.set(proxyId, { ackedRevision: 0, joinedAt: ++this.#events });
  }

  /** A proxy answered an update. `rejected` concerns this update only: what it refused before stays refused. */
  acked(proxyId: string, revision: number, rejected: readonly RejectedResource[]): void {
    this.joined(proxyId);
    this.#counts.clear();
    const proxy = this.#proxies.get(proxyId);
    if (proxy !== undefined) proxy.ackedRevision = Math.max(proxy.ackedRevision, revision);
    for (const { key, hash, reason } of rejected) this.#reject(proxyId, key, hash, reason);
  }

  /** A proxy is gone for good. */
  gone(proxyId: string): void {
    this.#counts.clear();
    this.#proxies.delete(proxyId);
    for (const [key, rejection] of this.#rejections) {
      rejection.reasons.delete(proxyId);
      if (rejection.reasons.size === 0) this.#rejections.delete(key);
    }
  }

  /** Leadership was lost: what the proxies acknowledge to the next leader is unknown here. */
  reset(): void {
    this.#counts.clear();
    this.#proxies.clear();
    this.#forms.clear();
    this.#rejections.clear();
  }

  programming(key: ResourceKey): Programming {
    const form = this.#forms.get(key);
    const total = this.#proxies.size;
    if (form === undefined) return { revision: 0, applied: 0, total, rejected: [] };
    if (!this.#rejections.has(key)) return { revision: form.revision, applied: this.#countAcked(form.revision), total, rejected: [] };
    const rejected: RejectedBy[] = [];
    let applied = 0;
    for (const [proxy, state] of this.#proxies) {
      const reason = this.#whyWithout(key, proxy, state);
      if (reason !== undefined) rejected.push({ proxy, reason });
      else if (state.ackedRevision >= form.revision) applied += 1;
    }
    rejected.sort((a, b) => (a.proxy < b.proxy ? -1 : 1));
    return { revision: form.revision, applied, total, rejected };
  }

  /** Proxies that acknowledged `revision` or a later one. Thousands of objects ask between two acks, so counts are kept. */
  #countAcked(revision: number): number {
    let count = this.#counts.get(revision);
    if (count === undefined) {
      count = [...this.#proxies.values()].filter((proxy) => proxy.ackedRevision >= revision).length;
      this.#counts.set(revision, count);
    }
    return count;
  }

  #reject(proxyId: string, key: ResourceKey, hash: string, reason: string): void {
    // An answer about a form that has been replaced meanwhile says nothing about the present one.
    if (this.#forms.get(key)?.hash !== hash) return;
    const rejection = this.#rejections.get(key) ?? { hash, firstAt: ++this.#events, reasons: new Map<string, string>() };
    rejection.reasons.set(proxyId, reason);
    this.#rejections.set(key, rejection);
  }

  #whyWithout(key: ResourceKey, proxyId: string, state: ProxyState): string | undefined {
    const rejection = this.#rejections.get(key);
    if (rejection === undefined) return undefined;
    const own = rejection.reasons.get(proxyId);
    if (own !== undefined || state.joinedAt < rejection.firstAt) return own;
    const [first] = [...rejection.reasons].sort(([a], [b]) => (a < b ? -1 : 1));
    return first === undefined ? undefined : `given the last good form, because ${first[0]} refused this one: ${first[1]}`;
  }

  #forget(key: ResourceKey): void {
    this.#forms.delete(key);
    this.#rejections.delete(key);
  }
}
