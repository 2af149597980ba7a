import { matchesModel } from './matches-model.ts';
import { resolvePolicy } from './resolve-policy.ts';
import type { Caller, Policy, Snapshot } from './snapshot.ts';

export interface ListedModel {
  /** Name to ask for. */
  readonly name: string;
  readonly policy: Policy;
  /** Creation of the policy, seconds since 1970; 0 when unknown. */
  readonly createdSeconds: number;
}

/**
 * Names the caller may ask for, sorted: the exact names of its own namespace and of policies shared with it, as far as the
 * consumer's own list allows. Prefixes (`team/*`) stand for names nobody can enumerate and are left out.
 */
export function listModels(snapshot: Snapshot, caller: Caller): readonly ListedModel[] {
  const { byNamespace, shared, anonymous } = snapshot.policyIndex;
  const sources = caller.type === 'anonymous' ? [anonymous] : [byNamespace.get(caller.consumer.resource.namespace), shared];
  const names = new Set(sources.flatMap((source) => [...(source?.exactNames() ?? [])]));
  const allowed = caller.type === 'consumer' ? caller.consumer.models : undefined;
  const listed: ListedModel[] = [];
  for (const name of [...names].sort()) {
    if (allowed !== undefined && !allowed.some((match) => matchesModel(match, name))) continue;
    const resolution = resolvePolicy(snapshot, caller, name);
    if (resolution.type !== 'found') continue;
    const createdMs = Date.parse(resolution.policy.resource.createdAt);
    listed.push({ name, policy: resolution.policy, createdSeconds: Number.isNaN(createdMs) ? 0 : Math.floor(createdMs / 1000) });
  }
  return listed;
}
