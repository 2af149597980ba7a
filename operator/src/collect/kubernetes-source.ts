import type { ModelConsumer, ModelProvider, RoutePolicy } from '@headgate/crds';
import type { Clock } from '../support/clock.ts';
import type { Count } from '../support/counters.ts';
import { deepFreeze } from '../support/deep-freeze.ts';
import type { KubeApi } from '../support/kube-api.ts';
import type { KubeObject } from '../support/kube-object.ts';
import { RESOURCES, type ResourceType } from '../support/kube-resource.ts';
import type { Logger } from '../support/logger.ts';
import { secretsOfConsumer, secretsOfProvider, servicesOfProvider } from './object-references.ts';
import { Reflector } from './reflector.ts';
import { readSecretMetadata } from './secret-content.ts';
import { SecretReader } from './secret-reader.ts';
import { ServiceWatcher } from './service-watcher.ts';
import { SettledObjects } from './settled-objects.ts';
import type { Source } from './source.ts';
import { Store, type StoreOptions } from './store.ts';
import type { World } from './world.ts';

export interface KubernetesSourceOptions
  extends Pick<World, 'keySalt' | 'allowedPrivateHosts' | 'simulatorUrl' | 'workloadIdentityAllowed'> {
  readonly api: KubeApi;
  /** Namespaces to watch; empty = all. */
  readonly namespaces: readonly string[];
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly count: Count;
}

/** The world as an API server tells it. */
export class KubernetesSource implements Source {
  readonly #options: KubernetesSourceOptions;
  readonly #scopes: readonly string[];
  readonly #listeners: (() => void)[] = [];
  readonly #providers: Store<ModelProvider>;
  readonly #policies: Store<RoutePolicy>;
  readonly #consumers: Store<ModelConsumer>;
  readonly #namespaces: Store<KubeObject>;
  readonly #secrets: SecretReader;
  readonly #services: ServiceWatcher;
  readonly #reflectors: readonly Reflector[];
  readonly #namespaceReflectors: readonly Reflector[];
  readonly #settledProviders: SettledObjects<ModelProvider>;
  readonly #settledConsumers: SettledObjects<ModelConsumer>;
  #world: World | undefined;
  #synced = false;

  constructor(options: KubernetesSourceOptions) {
    this.#options = options;
    this.#scopes = options.namespaces.length === 0 ? [''] : options.namespaces;
    this.#providers = this.#store('modelproviders', asKind<ModelProvider>, {
      secret: secretsOfProvider,
      service: servicesOfProvider,
      serviceNamespace: (provider) => servicesOfProvider(provider).map(namespaceOf),
    });
    this.#policies = this.#store('routepolicies', asKind<RoutePolicy>);
    this.#consumers = this.#store('modelconsumers', asKind<ModelConsumer>, { secret: secretsOfConsumer });
    this.#namespaces = this.#store('namespaces', readNamespace);
    const metadata = this.#store('secrets', readSecretMetadata);
    this.#secrets = new SecretReader({
      ...options,
      metadata,
      isReferenced: (key) => this.#isSecretReferenced(key),
      onChange: () => this.#changed(),
    });
    this.#services = new ServiceWatcher({
      ...options,
      isReferenced: (key) => this.#providers.byIndex('service', key).length > 0,
      onChange: () => this.#changed(),
    });
    this.#settledProviders = new SettledObjects((provider) => this.#isProviderSettled(provider));
    this.#settledConsumers = new SettledObjects((consumer) => secretsOfConsumer(consumer).every((key) => this.#secrets.isSettled(key)));
    this.#namespaceReflectors = this.#reflect(RESOURCES.namespaces, this.#namespaces);
    this.#reflectors = [
      ...this.#reflect(RESOURCES.modelProviders, this.#providers),
      ...this.#reflect(RESOURCES.routePolicies, this.#policies),
      ...this.#reflect(RESOURCES.modelConsumers, this.#consumers),
      ...this.#reflect(RESOURCES.secrets, metadata, true),
      ...this.#namespaceReflectors,
    ];
    this.#listen();
  }

  start(): Promise<void> {
    for (const reflector of this.#reflectors) reflector.start();
    return Promise.resolve();
  }

  hasSynced(): boolean {
    this.#synced ||= this.#isComplete();
    return this.#synced;
  }

  world(): World {
    this.#world ??= this.#build();
    return this.#world;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#secrets.stop(), this.#services.stop(), ...this.#reflectors.map((reflector) => reflector.stop())]);
  }

  /** Longest time that one of the watches has been without a sign of life: beyond two minutes the API server is away. */
  contactAgeMs(): number {
    const reflectors = [...this.#reflectors, ...this.#services.reflectors()].filter((reflector) => !reflector.isDenied());
    return Math.max(0, ...reflectors.map((reflector) => reflector.contactAgeMs()));
  }

  #listen(): void {
    for (const store of [this.#providers, this.#policies, this.#consumers, this.#namespaces]) {
      store.onChange(() => this.#changed());
      store.onSynced(() => this.#changed());
    }
    this.#providers.onChange((key) => this.#follow(this.#providers.get(key)));
    this.#consumers.onChange((key) => {
      const consumer = this.#consumers.get(key);
      for (const secret of consumer === undefined ? [] : secretsOfConsumer(consumer)) this.#secrets.want(secret);
    });
  }

  #follow(provider: ModelProvider | undefined): void {
    for (const secret of provider === undefined ? [] : secretsOfProvider(provider)) this.#secrets.want(secret);
    this.#services.watch(new Set(this.#providers.indexValues('serviceNamespace')));
  }

  #changed(): void {
    this.#world = undefined;
    for (const listener of this.#listeners) listener();
  }

  #isComplete(): boolean {
    const primary = [this.#providers, this.#policies, this.#consumers].every((store) => store.hasSynced());
    // Namespaces may be out of our reach where only some are watched; then no label selector matches, the rest works.
    const namespaces = this.#namespaces.hasSynced() || this.#namespaceReflectors.some((reflector) => reflector.isDenied());
    if (!primary || !namespaces) return false;
    return (
      this.#providers.list().every((provider) => this.#isProviderSettled(provider)) &&
      this.#consumers.list().every((consumer) => secretsOfConsumer(consumer).every((key) => this.#secrets.isSettled(key)))
    );
  }

  #isProviderSettled(provider: ModelProvider): boolean {
    return (
      secretsOfProvider(provider).every((key) => this.#secrets.isSettled(key)) &&
      servicesOfProvider(provider).every((key) => this.#services.isSettled(namespaceOf(key)))
    );
  }

  #isSecretReferenced(key: string): boolean {
    return this.#providers.byIndex('secret', key).length > 0 || this.#consumers.byIndex('secret', key).length > 0;
  }

  #build(): World {
    const providers = this.#settledProviders.pick(this.#providers.list());
    const consumers = this.#settledConsumers.pick(this.#consumers.list());
    const secretKeys = new Set([...providers.flatMap(secretsOfProvider), ...consumers.flatMap(secretsOfConsumer)]);
    this.#secrets.retain((key) => secretKeys.has(key) || this.#isSecretReferenced(key));
    return deepFreeze({
      providers,
      policies: this.#policies.list(),
      consumers,
      secrets: collectDefined(secretKeys, (key) => this.#secrets.content(key)),
      services: collectDefined(new Set(providers.flatMap(servicesOfProvider)), (key) => this.#services.endpoints(key)),
      namespaces: this.#namespaceLabels(),
      keySalt: this.#options.keySalt,
      allowedPrivateHosts: this.#options.allowedPrivateHosts,
      workloadIdentityAllowed: this.#options.workloadIdentityAllowed === true,
      ...(this.#options.simulatorUrl === undefined ? {} : { simulatorUrl: this.#options.simulatorUrl }),
    });
  }

  #namespaceLabels(): World['namespaces'] {
    const labels = new Map(this.#options.namespaces.map((name) => [name, { 'kubernetes.io/metadata.name': name }]));
    for (const { metadata } of this.#namespaces.list())
      labels.set(metadata.name, { 'kubernetes.io/metadata.name': metadata.name, ...metadata.labels });
    return labels;
  }

  #store<T extends KubeObject>(name: string, read: (object: KubeObject) => T, indexers: StoreOptions<T>['indexers'] = {}): Store<T> {
    const { logger, count } = this.#options;
    return new Store({ name, scopes: this.#scopes, read, indexers, logger, count });
  }

  #reflect<T extends KubeObject>(resource: ResourceType, target: Store<T>, metadataOnly = false): readonly Reflector[] {
    return this.#scopes.map(
      (scope) => new Reflector({ ...this.#options, resource, scope, target, metadataOnly, onError: () => this.#changed() }),
    );
  }
}

/** The API server has checked the object against the schema of its kind; what it let through all the same is the compiler's to judge. */
function asKind<T extends KubeObject>(object: KubeObject): T {
  return object as T;
}

function readNamespace(object: KubeObject): KubeObject {
  const { name, resourceVersion, labels } = object.metadata;
  return { metadata: { name, resourceVersion, labels } };
}

function namespaceOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

function collectDefined<V>(keys: Iterable<string>, find: (key: string) => V | undefined): ReadonlyMap<string, V> {
  const found = new Map<string, V>();
  for (const key of keys) {
    const value = find(key);
    if (value !== undefined) found.set(key, deepFreeze(value));
  }
  return found;
}
