import type { KubeObject } from '../support/kube-object.ts';
import { RESOURCES, type ResourceType } from '../support/kube-resource.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';
import { type EndpointSlice, joinEndpoints, readEndpointSlice, readService, type Service } from './service-endpoints.ts';
import { Store } from './store.ts';
import type { ServiceEndpoints } from './world.ts';

export interface ServiceWatcherOptions extends Pick<ReflectorOptions, 'api' | 'clock' | 'random' | 'logger' | 'count'> {
  /** The Service `<namespace>/<name>`, or whether a namespace has settled, changed. */
  readonly onChange: () => void;
  readonly isReferenced: (key: string) => boolean;
}

interface WatchedNamespace {
  readonly services: Store<Service>;
  readonly slices: Store<EndpointSlice>;
  readonly reflectors: readonly Reflector[];
}

/**
 * Services and EndpointSlices, only in namespaces where a provider refers to a Service: slices change with every pod that
 * comes or goes, so watching all of a cluster's would cost more than everything else together.
 */
export class ServiceWatcher {
  readonly #options: ServiceWatcherOptions;
  readonly #namespaces = new Map<string, WatchedNamespace>();

  constructor(options: ServiceWatcherOptions) {
    this.#options = options;
  }

  /** Watches exactly these namespaces from now on. */
  watch(namespaces: ReadonlySet<string>): void {
    for (const [namespace, watched] of this.#namespaces) {
      if (namespaces.has(namespace)) continue;
      this.#namespaces.delete(namespace);
      for (const reflector of watched.reflectors) void reflector.stop();
    }
    for (const namespace of namespaces) if (!this.#namespaces.has(namespace)) this.#begin(namespace);
  }

  /** Whether it is known what is behind the Services of this namespace, or that we are not allowed to know. */
  isSettled(namespace: string): boolean {
    const watched = this.#namespaces.get(namespace);
    if (watched === undefined) return false;
    return (watched.services.hasSynced() && watched.slices.hasSynced()) || watched.reflectors.some((reflector) => reflector.isDenied());
  }

  /** Undefined = there is no Service `<namespace>/<name>`. */
  endpoints(key: string): ServiceEndpoints | undefined {
    const watched = this.#namespaces.get(key.slice(0, key.indexOf('/')));
    const service = watched?.services.get(key);
    return service === undefined || watched === undefined ? undefined : joinEndpoints(service, watched.slices.byIndex('service', key));
  }

  reflectors(): readonly Reflector[] {
    return [...this.#namespaces.values()].flatMap((watched) => watched.reflectors);
  }

  async stop(): Promise<void> {
    const reflectors = this.reflectors();
    this.#namespaces.clear();
    await Promise.all(reflectors.map((reflector) => reflector.stop()));
  }

  #begin(namespace: string): void {
    const { logger, count, onChange, isReferenced } = this.#options;
    const services = new Store<Service>({ name: 'services', scopes: [namespace], read: readService, logger, count });
    const slices = new Store<EndpointSlice>({
      name: 'endpointslices',
      scopes: [namespace],
      read: readEndpointSlice,
      indexers: { service: (slice) => (slice.service === undefined ? [] : [`${namespace}/${slice.service}`]) },
      logger,
      count,
    });
    services.onChange((key) => {
      if (isReferenced(key)) onChange();
    });
    // A slice does not say in its name which Service it belonged to, so each change counts; the world is compared afterwards.
    slices.onChange(() => onChange());
    services.onSynced(onChange);
    slices.onSynced(onChange);
    const reflectors = [this.#reflect(RESOURCES.services, namespace, services), this.#reflect(RESOURCES.endpointSlices, namespace, slices)];
    this.#namespaces.set(namespace, { services, slices, reflectors });
    for (const reflector of reflectors) reflector.start();
  }

  #reflect<T extends KubeObject>(resource: ResourceType, namespace: string, target: Store<T>): Reflector {
    const { api, clock, random, logger, count, onChange } = this.#options;
    return new Reflector({ api, resource, scope: namespace, target, clock, random, logger, count, onError: onChange });
  }
}
