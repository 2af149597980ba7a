import type { PolicyResource } from '@headgate/crds';
import { NameIndex } from './name-index.ts';

/** The names callers may use, by who may see them. Works on resources, so that relinking a policy does not touch it. */
export interface PolicyIndex {
  readonly byNamespace: ReadonlyMap<string, NameIndex>;
  /** Policies that admit consumers of other namespaces. */
  readonly shared: NameIndex;
  /** Policies that admit callers without a key. */
  readonly anonymous: NameIndex;
}

export interface PolicyChanges {
  readonly removed: readonly PolicyResource[];
  readonly added: readonly PolicyResource[];
}

export const EMPTY_POLICY_INDEX: PolicyIndex = { byNamespace: new Map(), shared: NameIndex.empty, anonymous: NameIndex.empty };

/** The index after an edit; parts that the edit does not concern are the same objects as before. */
export function changePolicyIndex(index: PolicyIndex, changes: PolicyChanges): PolicyIndex {
  if (changes.removed.length === 0 && changes.added.length === 0) return index;
  const pick = (test: (policy: PolicyResource) => boolean): PolicyChanges => ({
    removed: changes.removed.filter(test),
    added: changes.added.filter(test),
  });
  const shared = pick((policy) => policy.access.from !== 'Same');
  const anonymous = pick((policy) => policy.access.anonymous);
  return {
    byNamespace: changeNamespaces(index.byNamespace, changes),
    shared: index.shared.withChanges(shared.removed, shared.added),
    anonymous: index.anonymous.withChanges(anonymous.removed, anonymous.added),
  };
}

function changeNamespaces(before: ReadonlyMap<string, NameIndex>, changes: PolicyChanges): ReadonlyMap<string, NameIndex> {
  const after = new Map(before);
  const removed = Map.groupBy(changes.removed, (policy) => policy.namespace);
  const added = Map.groupBy(changes.added, (policy) => policy.namespace);
  for (const namespace of new Set([...removed.keys(), ...added.keys()])) {
    const names = (before.get(namespace) ?? NameIndex.empty).withChanges(removed.get(namespace) ?? [], added.get(namespace) ?? []);
    if (names.isEmpty) after.delete(namespace);
    else after.set(namespace, names);
  }
  return after;
}
