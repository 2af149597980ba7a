import type { ModelConsumer, ModelProvider, RoutePolicy } from '@headgate/crds';
import { deepFreeze } from '../support/deep-freeze.ts';
import type { ManifestObject } from './manifest-object.ts';
import type { SecretContent, World } from './world.ts';

/** What a world needs besides the objects. */
export type WorldSettings = Pick<World, 'keySalt' | 'allowedPrivateHosts' | 'simulatorUrl' | 'workloadIdentityAllowed'>;

/** The world that a folder describes. Every namespace that is used exists, as in a cluster; there are no Services. */
export function folderWorld(objects: Iterable<ManifestObject>, settings: WorldSettings): World {
  const providers: ModelProvider[] = [];
  const policies: RoutePolicy[] = [];
  const consumers: ModelConsumer[] = [];
  const secrets = new Map<string, SecretContent>();
  const namespaces = new Map<string, Readonly<Record<string, string>>>();
  const seeNamespace = (name: string, labels: Readonly<Record<string, string>> = {}): void => {
    namespaces.set(name, { ...namespaces.get(name), 'kubernetes.io/metadata.name': name, ...labels });
  };
  for (const item of objects) {
    switch (item.type) {
      case 'Secret':
        secrets.set(item.name, item.content);
        continue;
      case 'Namespace':
        seeNamespace(item.name, item.labels);
        continue;
      case 'Provider':
        providers.push(item.object);
        break;
      case 'Policy':
        policies.push(item.object);
        break;
      case 'Consumer':
        consumers.push(item.object);
        break;
    }
    seeNamespace(item.object.metadata.namespace ?? 'default');
  }
  const world: World = { providers, policies, consumers, secrets, services: new Map(), namespaces, ...settings };
  return deepFreeze(world);
}
