import { admits } from '../snapshot/resolve-policy.ts';
import type { Caller, Policy, Provider, Snapshot } from '../snapshot/snapshot.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';

export type ProviderAdmission =
  | { readonly type: 'admitted'; readonly provider: Provider }
  | { readonly type: 'refused'; readonly error: CallerError };

const HELD_TO_MODELS = callerError(
  'model_not_allowed',
  'Your key may use certain models only; what a batch asks for cannot be held to that.',
);

/**
 * May `caller` keep files and batches at a provider? Only where a policy that the caller may use targets it: the same
 * rule as for calls, told by the provider instead of the model. Whether a provider of that name exists stays unsaid.
 * @param id `<ns>/<name>`
 */
export function admitProvider(snapshot: Snapshot, caller: Caller, id: string): ProviderAdmission {
  if (isHeldToModels(caller)) return refuse(HELD_TO_MODELS);
  const provider = snapshot.providers.get(`provider/${id}`);
  if (provider !== undefined) {
    for (const policy of snapshot.policies.values()) {
      if (targets(policy, provider.key) && mayUse(caller, policy)) return { type: 'admitted', provider };
    }
  }
  return refuse(
    callerError('model_not_allowed', `No policy that your key may use targets the provider '${printable(id)}'.`, {
      param: 'x-headgate-provider',
    }),
  );
}

/** Every provider that `admitProvider` would admit, by name. */
export function admittedProviders(
  snapshot: Snapshot,
  caller: Caller,
): { readonly type: 'admitted'; readonly providers: readonly Provider[] } | { readonly type: 'refused'; readonly error: CallerError } {
  if (isHeldToModels(caller)) return { type: 'refused', error: HELD_TO_MODELS };
  const keys = new Set<string>();
  for (const policy of snapshot.policies.values()) {
    if (!mayUse(caller, policy)) continue;
    for (const rule of policy.rules) for (const { resource } of rule.targets) keys.add(resource.provider);
  }
  return { type: 'admitted', providers: [...keys].sort().flatMap((key) => snapshot.providers.get(key) ?? []) };
}

function isHeldToModels(caller: Caller): boolean {
  return caller.type === 'consumer' && caller.consumer.models !== undefined;
}

function targets(policy: Policy, key: string): boolean {
  return policy.rules.some((rule) => rule.targets.some((target) => target.resource.provider === key));
}

/** A policy of another namespace has to be shared with the caller. */
function mayUse(caller: Caller, { resource }: Policy): boolean {
  if (caller.type === 'anonymous' || !admits(resource.access, caller)) return false;
  return resource.access.from !== 'Same' || resource.namespace === caller.consumer.resource.namespace;
}

function refuse(error: CallerError): ProviderAdmission {
  return { type: 'refused', error };
}

function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?').slice(0, 100);
}
