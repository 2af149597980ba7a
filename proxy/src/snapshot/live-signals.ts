import type { LiveSignals } from './signal-store.ts';
import type { Snapshot } from './snapshot.ts';

/** Ids of everything in the snapshot that has moving numbers. */
export function liveSignals(snapshot: Snapshot): LiveSignals {
  const endpointIds = new Set<string>();
  const credentialKeys = new Set<string>();
  for (const provider of snapshot.providers.values()) {
    for (const connection of provider.connections) credentialKeys.add(connection.credentialKey);
  }
  for (const policy of snapshot.policies.values()) {
    for (const rule of policy.rules) {
      for (const target of rule.targets) for (const endpoint of target.endpoints) endpointIds.add(endpoint.id);
    }
  }
  return { endpointIds, credentialKeys, policyKeys: snapshot.policies };
}
