import type { ResourceKey, TableResource } from '@headgate/crds';
import { type AppliedChange, applyChange } from './apply-change.ts';
import type { BuildDeps } from './build-deps.ts';
import { KeyHasher } from './key-hasher.ts';
import { EMPTY_POLICY_INDEX } from './policy-index.ts';
import { ShardedMap } from './sharded-map.ts';
import type { Snapshot } from './snapshot.ts';

/** A proxy that holds nothing yet. */
export function emptySnapshot(): Snapshot {
  return {
    revision: 0,
    hash: '',
    keySalt: '',
    providers: ShardedMap.empty(),
    policies: ShardedMap.empty(),
    consumers: ShardedMap.empty(),
    consumersByKeyHash: new Map(),
    keyHasher: new KeyHasher(''),
    policyIndex: EMPTY_POLICY_INDEX,
    anonymousPossible: false,
    resources: ShardedMap.empty(),
  };
}

/**
 * The snapshot of a whole table. Resources whose hash is unchanged keep their built form from `previous`; see applyChange
 * for what an edit costs and for how resources are refused one by one.
 */
export function buildSnapshot(
  table: { readonly revision: number; readonly resources: ReadonlyMap<ResourceKey, TableResource>; readonly hash?: string },
  previous: Snapshot | undefined,
  deps: BuildDeps,
): AppliedChange {
  const before = previous ?? emptySnapshot();
  const deletes = [...before.resources.keys()].filter((key) => !table.resources.has(key));
  const { revision, resources: upserts, hash } = table;
  return applyChange(before, { revision, upserts, deletes, ...(hash === undefined ? {} : { hash }) }, deps);
}
