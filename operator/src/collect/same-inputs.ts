import { isDeepStrictEqual } from 'node:util';
import type { ObjectMeta } from '@headgate/crds';
import type { World } from './world.ts';

type Kept = { readonly metadata: ObjectMeta };

/**
 * Whether two worlds compile to the same table: the specs are the same (same objects in the same generations) and so is
 * everything they refer to. Status is what differs all the time, since the operator itself writes it, and compiles to nothing.
 */
export function haveSameInputs(a: World, b: World): boolean {
  if (a === b) return true;
  return (
    haveSameSpecs(a.providers, b.providers) &&
    haveSameSpecs(a.policies, b.policies) &&
    haveSameSpecs(a.consumers, b.consumers) &&
    a.keySalt === b.keySalt &&
    a.simulatorUrl === b.simulatorUrl &&
    a.workloadIdentityAllowed === b.workloadIdentityAllowed &&
    a.listings === b.listings &&
    isDeepStrictEqual(a.allowedPrivateHosts, b.allowedPrivateHosts) &&
    isDeepStrictEqual(a.secrets, b.secrets) &&
    isDeepStrictEqual(a.services, b.services) &&
    isDeepStrictEqual(a.namespaces, b.namespaces)
  );
}

function haveSameSpecs(a: readonly Kept[], b: readonly Kept[]): boolean {
  return a.length === b.length && a.every((object, index) => isSameSpec(object, b[index]));
}

function isSameSpec(a: Kept, b: Kept | undefined): boolean {
  if (a === b) return true;
  const before = a?.metadata;
  const after = b?.metadata;
  // Without a generation (a server that gives none, or a broken object) nothing is known.
  if (before?.generation === undefined || after === undefined) return false;
  return (
    before.uid === after.uid &&
    before.generation === after.generation &&
    before.name === after.name &&
    before.namespace === after.namespace &&
    isDeepStrictEqual(before.labels, after.labels) &&
    isDeepStrictEqual(before.annotations, after.annotations)
  );
}
