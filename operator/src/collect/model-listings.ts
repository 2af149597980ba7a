import { isDeepStrictEqual } from 'node:util';
import { canonicalJson, type ListedModel, type ListingReport, type ReportFrame, type ResourceKey } from '@headgate/crds';
import type { ModelListing } from './world.ts';

/** What one proxy says of one provider. */
interface Told {
  readonly subject: string;
  readonly models: readonly ListedModel[] | undefined;
  readonly error: string | undefined;
}

interface ProviderEntry {
  readonly told: Map<string, Told>;
  /** By subject. Outlives the proxies that told: a list holds until there is another one. */
  readonly merged: Map<string, Merged>;
}

interface Merged {
  readonly listing: ModelListing;
  /** Made of lists that were read at the last attempt. */
  readonly fresh: boolean;
}

/**
 * What the proxies say about the lists of models at the providers, merged into one list per provider that does not depend
 * on who told first: a model is listed when any proxy's newest list has it. What a proxy read before its last attempt
 * failed counts only where nobody has read anything newer. Nothing is taken away because nobody tells: only a newer list
 * replaces a list.
 */
export class ModelListings {
  readonly #providers = new Map<ResourceKey, ProviderEntry>();
  #current: ReadonlyMap<string, ModelListing> = new Map();

  /** By `ProviderListing.subject`; another map whenever anything in it is another. */
  get current(): ReadonlyMap<string, ModelListing> {
    return this.#current;
  }

  /** Takes a report that was not merged before. True = `current` is another map now. */
  merge({ proxyId, listings }: Pick<ReportFrame, 'proxyId' | 'listings'>): boolean {
    const before = this.#current;
    for (const listing of listings ?? []) this.#take(proxyId, listing);
    return this.#current !== before;
  }

  /** The proxy is gone. True = `current` is another map now. */
  gone(proxyId: string): boolean {
    const before = this.#current;
    for (const [key, entry] of this.#providers) if (entry.told.delete(proxyId)) this.#mergeAgain(key, entry);
    return this.#current !== before;
  }

  /** Why the list of a provider could not be read by some proxy last; of several reasons always the same one. */
  errorOf(key: ResourceKey): string | undefined {
    const errors = [...(this.#providers.get(key)?.told.values() ?? [])].flatMap(({ error }) => (error === undefined ? [] : [error]));
    return errors.sort()[0];
  }

  /** Drops everything about providers that no longer exist. */
  retain(exists: (key: ResourceKey) => boolean): void {
    for (const [key, { merged }] of this.#providers) {
      if (exists(key)) continue;
      this.#providers.delete(key);
      if (merged.size > 0) this.#publish(merged.keys(), []);
    }
  }

  clear(): void {
    this.#providers.clear();
    this.#current = new Map();
  }

  #take(proxyId: string, { key, subject, models, error }: ListingReport): void {
    let entry = this.#providers.get(key);
    if (entry === undefined) {
      entry = { told: new Map(), merged: new Map() };
      this.#providers.set(key, entry);
    }
    entry.told.set(proxyId, { subject, models: sharedWith(entry.told.values(), models), error });
    this.#mergeAgain(key, entry);
  }

  #mergeAgain(key: ResourceKey, { told, merged }: ProviderEntry): void {
    const subjects = new Set([...told.values()].flatMap(({ subject, models }) => (models === undefined ? [] : [subject])));
    // With nobody left to tell, what was told goes on holding.
    if (subjects.size === 0) {
      if (told.size === 0 && merged.size === 0) this.#providers.delete(key);
      return;
    }
    const added: (readonly [string, ModelListing])[] = [];
    for (const subject of subjects) {
      const before = merged.get(subject);
      const next = mergedLists([...told.values()].filter((one) => one.subject === subject));
      if (before?.fresh === true && !next.fresh) continue;
      const same = before !== undefined && isDeepStrictEqual(next.listing, before.listing);
      merged.set(subject, same ? { ...before, fresh: next.fresh } : next);
      if (!same) added.push([subject, next.listing]);
    }
    const outdated = [...merged.keys()].filter((subject) => !subjects.has(subject));
    for (const subject of outdated) merged.delete(subject);
    if (added.length + outdated.length > 0) this.#publish(outdated, added);
  }

  #publish(removed: Iterable<string>, added: Iterable<readonly [string, ModelListing]>): void {
    const next = new Map(this.#current);
    for (const subject of removed) next.delete(subject);
    for (const [subject, listing] of added) next.set(subject, listing);
    this.#current = next;
  }
}

/** Proxies mostly see the same list, which then is kept once. */
function sharedWith(others: Iterable<Told>, models: readonly ListedModel[] | undefined): readonly ListedModel[] | undefined {
  for (const other of others) if (isDeepStrictEqual(other.models, models)) return other.models;
  return models;
}

/** The union of the lists; of two forms of a model always the same one. */
function mergedLists(told: readonly Told[]): Merged {
  const fresh = told.filter(({ error, models }) => error === undefined && models !== undefined);
  const lists = new Set((fresh.length > 0 ? fresh : told).flatMap(({ models }) => (models === undefined ? [] : [models])));
  const union = new Map<string, ListedModel>();
  for (const list of lists) {
    for (const model of list) {
      const known = union.get(model.name);
      if (known === undefined || (known !== model && canonicalJson(model) < canonicalJson(known))) union.set(model.name, model);
    }
  }
  return { listing: new Map([...union].sort(([a], [b]) => (a < b ? -1 : 1))), fresh: fresh.length > 0 };
}
