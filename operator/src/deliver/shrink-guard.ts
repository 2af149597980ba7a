import type { ResourceBody, ResourceKey } from '@headgate/crds';

/** Below this many policies a person can see what a deletion does; the guard would only be in the way. */
const MIN_GUARDED_POLICIES = 20;

export type ShrinkVerdict =
  | { readonly type: 'Pass' }
  | { readonly type: 'Shrunk'; readonly before: number; readonly removed: number; readonly kept: ReadonlyMap<ResourceKey, ResourceBody> };

/**
 * Notices a route set that loses half of its policies, or all, in one step: more often a cache or a restored backup that
 * lost objects than a wish. `kept` is the new set with the policies that vanished, and what they route to, put back, so
 * that every other edit still takes effect while somebody confirms.
 */
export function guardShrink(before: ReadonlyMap<ResourceKey, ResourceBody>, after: ReadonlyMap<ResourceKey, ResourceBody>): ShrinkVerdict {
  const policies = [...before.keys()].filter((key) => key.startsWith('policy/'));
  const removed = policies.filter((key) => !after.has(key));
  if (policies.length < MIN_GUARDED_POLICIES || removed.length * 2 < policies.length) return { type: 'Pass' };
  const kept = new Map(after);
  for (const [key, body] of before) if (!kept.has(key)) kept.set(key, body);
  return { type: 'Shrunk', before: policies.length, removed: removed.length, kept };
}
