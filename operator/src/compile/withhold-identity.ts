import { type Fields, isFields } from './fields.ts';
import type { ObjectScope } from './object-scope.ts';

/**
 * True when a provider asks for the identity of the proxies' own pods and the administrator of the cluster has not allowed
 * that. Then nothing may be sent: unlike a key, that identity belongs to no namespace, so whoever may create a provider
 * could act as it. Not a fault of the object, and never overridden by its last good form.
 */
export function withholdIdentity({ world, findings }: ObjectScope, spec: Fields): boolean {
  if (!isFields(spec['workloadIdentity']) || world.workloadIdentityAllowed === true) return false;
  findings.unresolved(
    'RefNotPermitted',
    "`workloadIdentity` acts as the proxies themselves, which this installation does not allow, so nothing is sent to this provider: use `credentials`, or have the cluster's administrator set the chart value `workloadIdentity.allowed`",
  );
  return true;
}
