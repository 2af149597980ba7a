import type { ModelMatch, PolicyResource, ResourceKey } from '@headgate/crds';
import { modelMatchText } from './model-match.ts';
import { compareClaims, type ModelClaim } from './precedence.ts';

export interface ClaimOutcome {
  /** What the policy answers to. */
  readonly kept: readonly ModelMatch[];
  /** What it lost, and to whom (`<ns>/<name>`). */
  readonly lost: readonly { readonly match: ModelMatch; readonly winner: string }[];
}

/**
 * Decides who answers to which name. Only policies of one namespace contend, and only for the very same name or prefix:
 * callers look into their own namespace first, and a more specific claim simply goes first at request time. Across
 * namespaces both claims stand, because each can be reached as `<namespace>/<model>`.
 */
export function claimModels(policies: ReadonlyMap<ResourceKey, PolicyResource>): ReadonlyMap<ResourceKey, ClaimOutcome> {
  const holders = new Map<string, ModelClaim>();
  for (const policy of policies.values()) {
    for (const match of policy.models) {
      const slot = slotOf(policy, match);
      const claim: ModelClaim = { match, createdAt: policy.createdAt, namespace: policy.namespace, name: policy.name };
      const holder = holders.get(slot);
      if (holder === undefined || compareClaims(claim, holder) < 0) holders.set(slot, claim);
    }
  }
  const outcomes = new Map<ResourceKey, ClaimOutcome>();
  for (const [key, policy] of policies) {
    const holderOf = (match: ModelMatch): string => holders.get(slotOf(policy, match))?.name ?? policy.name;
    const kept = policy.models.filter((match) => holderOf(match) === policy.name);
    const lost = policy.models
      .filter((match) => holderOf(match) !== policy.name)
      .map((match) => ({ match, winner: `${policy.namespace}/${holderOf(match)}` }));
    outcomes.set(key, { kept, lost });
  }
  return outcomes;
}

function slotOf(policy: PolicyResource, match: ModelMatch): string {
  return `${policy.namespace} ${modelMatchText(match)}`;
}
