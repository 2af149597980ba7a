import type { ResourceBody, ResourceKey } from '@headgate/crds';
import type { World } from '../collect/world.ts';
import { identifyObjects, type ObjectKind } from './object-identity.ts';

export type ShrinkVerdict =
  | { readonly type: 'publish' }
  /** The table must not be published; the one before it keeps serving until an object changes or a new build runs. */
  | { readonly type: 'refuse'; readonly message: string };

type Resources = ReadonlyMap<ResourceKey, ResourceBody>;

/**
 * Guards against a bug in the compiler: refuses a table that lost more than half of the published providers, policies
 * or consumers whose objects are still there unchanged (same uid and generation). What users deleted or edited never
 * counts as lost, so a deliberate change of any size passes; neither do providers at private addresses, which the
 * administrator of the cluster may close without touching the objects.
 */
export function checkShrink(previous: Resources, next: Resources, world: World): ShrinkVerdict {
  const complaints = [
    complaint('ModelProviders', unchanged('provider', world.providers, previous), next),
    complaint('RoutePolicies', unchanged('policy', world.policies, previous), next),
    complaint('ModelConsumers', unchanged('consumer', world.consumers, previous), next),
    previous.has('settings') && !next.has('settings') ? 'the settings are gone' : undefined,
  ].filter((text) => text !== undefined);
  if (complaints.length === 0) return { type: 'publish' };
  return {
    type: 'refuse',
    message: `the new routing table is not published: ${complaints.join('; ')}; the objects did not change, so this is a bug in the compiler`,
  };
}

/** Published keys of one kind whose objects are still the same. */
function unchanged(kind: ObjectKind, objects: unknown, previous: Resources): readonly ResourceKey[] {
  return identifyObjects(kind, objects)
    .filter(({ key, identity }) => {
      const body = previous.get(key);
      if (body?.type === 'provider' && body.privateAddressesAllowed) return false;
      return body?.type === kind && body.uid === identity.uid && body.generation === identity.generation;
    })
    .map(({ key }) => key);
}

function complaint(kinds: string, expected: readonly ResourceKey[], next: Resources): string | undefined {
  const lost = expected.filter((key) => !next.has(key));
  if (lost.length * 2 <= expected.length) return undefined;
  return `it lost ${lost.length} of ${expected.length} ${kinds}, such as ${lost.slice(0, 3).join(', ')}`;
}
