import type { ResourceKey, TableResource } from '@headgate/crds';
import type { Snapshot } from './snapshot.ts';

/**
 * The resources that a snapshot was built from, in the form really held. Those of a type that this build does not know are
 * left out: it never kept their bodies.
 */
export function* snapshotBodies(snapshot: Snapshot): Generator<readonly [ResourceKey, TableResource]> {
  for (const [key, hash] of snapshot.resources) {
    const holder = snapshot.providers.get(key) ?? snapshot.policies.get(key) ?? snapshot.consumers.get(key);
    if (holder !== undefined) yield [key, { hash, body: holder.resource }];
    else if (key === 'settings') yield [key, { hash, body: { type: 'settings', keySalt: snapshot.keySalt } }];
  }
}
