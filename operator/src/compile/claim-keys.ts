import type { ConsumerResource, ResourceKey } from '@headgate/crds';
import { compareAge, type IdentifiedObject } from './object-identity.ts';

/** One consumer that wants to be known by its keys. */
export interface KeyClaim {
  readonly object: IdentifiedObject;
  readonly body: ConsumerResource;
}

export interface KeyOutcome {
  /** Hashes that identify this consumer. */
  readonly kept: readonly string[];
  /** Consumers (`<ns>/<name>`) that hold the others. */
  readonly winners: readonly string[];
}

/** Decides whom a key identifies when several consumers carry it: the oldest, then by namespace and name. */
export function claimKeys(claims: readonly KeyClaim[]): ReadonlyMap<ResourceKey, KeyOutcome> {
  const holders = new Map<string, IdentifiedObject>();
  const outcomes = new Map<ResourceKey, KeyOutcome>();
  for (const { object, body } of [...claims].sort((a, b) => compareAge(a.object, b.object))) {
    const winners = new Set<string>();
    const kept = body.keyHashes.filter((hash) => {
      const holder = holders.get(hash);
      if (holder === undefined) holders.set(hash, object);
      else winners.add(`${holder.identity.namespace}/${holder.identity.name}`);
      return holder === undefined;
    });
    outcomes.set(object.key, { kept, winners: [...winners].sort() });
  }
  return outcomes;
}
