import type { PolicyAccess, PolicyResource } from '@headgate/crds';
import type { Caller, Policy, Snapshot } from './snapshot.ts';

export type Resolution =
  | { readonly type: 'found'; readonly policy: Policy }
  /** A policy of the caller's own namespace answers to the name, but not to this caller. */
  | { readonly type: 'not-allowed'; readonly policyId: string }
  /** Also when only other namespaces know the name: whether they do is none of the caller's business. */
  | { readonly type: 'not-found' };

/**
 * Which policy answers when `caller` asks for `model`: the caller's own namespace first, then the explicit form
 * `<policy namespace>/<model>`, then policies shared with the caller. Own names come first so that nobody can take over a
 * name by creating a namespace or a shared policy. Within each step: exact before prefix, longer prefix first, then the
 * older policy, then `namespace/name`. Costs the same for ten policies and ten thousand.
 */
export function resolvePolicy(snapshot: Snapshot, caller: Caller, model: string): Resolution {
  const { byNamespace, shared, anonymous } = snapshot.policyIndex;
  let refusedBy: PolicyResource | undefined;
  const namespace = caller.type === 'consumer' ? caller.consumer.resource.namespace : undefined;
  const accepts = (policy: PolicyResource): boolean => {
    if (admits(policy.access, caller)) return true;
    if (policy.namespace === namespace) refusedBy ??= policy;
    return false;
  };

  let found = namespace === undefined ? anonymous.find(model, accepts) : byNamespace.get(namespace)?.find(model, accepts);
  if (found === undefined) {
    const slash = model.indexOf('/');
    if (slash > 0) found = byNamespace.get(model.slice(0, slash))?.find(model.slice(slash + 1), accepts);
  }
  if (found === undefined && namespace !== undefined) found = shared.find(model, accepts);

  const policy = found === undefined ? undefined : snapshot.policies.get(`policy/${found.namespace}/${found.name}`);
  if (policy !== undefined) return { type: 'found', policy };
  if (refusedBy !== undefined) return { type: 'not-allowed', policyId: `${refusedBy.namespace}/${refusedBy.name}` };
  return { type: 'not-found' };
}

/** Whether a policy serves this caller at all. */
export function admits(access: PolicyAccess, caller: Caller): boolean {
  if (caller.type === 'anonymous') return access.anonymous;
  const { namespace, labels } = caller.consumer.resource;
  if (access.namespaces.length > 0 && !access.namespaces.includes(namespace)) return false;
  return access.from !== 'Selector' || hasLabels(labels, access.matchLabels);
}

function hasLabels(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  for (const name of Object.keys(wanted)) if (!Object.hasOwn(labels, name) || labels[name] !== wanted[name]) return false;
  return true;
}
