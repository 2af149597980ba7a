import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countNothing, FakeClock, type KubeApi, KubernetesSource, openKubeClient, silentLogger, type World } from '@headgate/operator';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FaultApiServer } from '../fakes/fault-api-server.ts';

const GROUP = 'headgate.dev/v1alpha1';

let server: FaultApiServer;
let clock: FakeClock;
let api: KubeApi;
let folder: string;
let source: KubernetesSource;
/** Looked at after each change of the source. */
let waiting: (() => void)[];

beforeEach(async () => {
  server = await FaultApiServer.start();
  folder = await mkdtemp(join(tmpdir(), 'headgate-source-'));
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig());
  clock = new FakeClock();
  api = openKubeClient({ clock, kubeconfigFile: join(folder, 'kubeconfig') });
  source = newSource([]);
});

afterEach(async () => {
  await source.stop();
  await api.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

function newSource(namespaces: readonly string[]): KubernetesSource {
  waiting = [];
  const options = { api, namespaces, clock, random: () => 0.5, logger: silentLogger, count: countNothing };
  const created = new KubernetesSource({ ...options, keySalt: '00', allowedPrivateHosts: [] });
  created.onChange(() => {
    for (const look of [...waiting]) look();
  });
  return created;
}

async function until(condition: () => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (condition()) resolve();
    };
    waiting.push(look);
    look();
  });
}

async function started(): Promise<World> {
  await source.start();
  await until(() => source.hasSynced());
  return source.world();
}

/** As `until`, while time passes and back-offs with it. */
async function untilInTime(condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error('the condition did not come true');
    await clock.advance(20);
  }
}

function provider(name: string, spec: object, namespace = 'ns'): void {
  server.objects.put(`${GROUP}/modelproviders`, { metadata: { name, namespace }, spec: { type: 'OpenAI', ...spec } });
}

function withKey(secret: string): object {
  return { credentials: [{ name: 'main', secretRef: { name: secret, key: 'apiKey' } }] };
}

function secret(name: string, apiKey: string, annotations = {}): void {
  const data = { apiKey: Buffer.from(apiKey).toString('base64') };
  server.objects.put('v1/secrets', { metadata: { name, namespace: 'ns', annotations }, data });
}

function keyIn(world: World, name: string): string | undefined {
  return world.secrets.get(`ns/${name}`)?.data['apiKey'];
}

function secretReads(): readonly (string | undefined)[] {
  return server.requests.filter((request) => request.verb === 'get' && request.collection === 'v1/secrets').map((request) => request.name);
}

describe('Secrets', () => {
  test('are read one by one, only those referred to; the rest is known by name alone', async () => {
    secret('used', 'sk-used');
    secret('unused', 'sk-unused');
    provider('p', withKey('used'));
    const world = await started();
    expect([...world.secrets.keys()]).toEqual(['ns/used']);
    expect(keyIn(world, 'used')).toBe('sk-used');
    expect(secretReads()).toEqual(['used']);
    const lists = server.requests.filter((request) => request.verb === 'list' && request.collection === 'v1/secrets');
    expect(lists.every((request) => request.headers.accept?.includes('as=PartialObjectMetadataList'))).toBe(true);
  });

  test('that rotate are read again at once, without touching the provider', async () => {
    secret('s', 'sk-1');
    provider('p', withKey('s'));
    await started();
    secret('s', 'sk-2');
    await until(() => keyIn(source.world(), 's') === 'sk-2');
  });

  test('that are missing hold nothing up, and are found as soon as they exist', async () => {
    provider('p', withKey('late'));
    const world = await started();
    expect(world.providers).toHaveLength(1);
    expect(world.secrets.size).toBe(0);
    secret('late', 'sk-late');
    await until(() => keyIn(source.world(), 'late') === 'sk-late');
  });

  test('that are deleted go', async () => {
    secret('s', 'sk-1');
    provider('p', withKey('s'));
    await started();
    server.objects.remove('v1/secrets', 'ns', 's');
    await until(() => source.world().secrets.size === 0);
  });

  test('of deleted providers are forgotten', async () => {
    secret('s', 'sk-1');
    provider('p', withKey('s'));
    await started();
    server.objects.remove(`${GROUP}/modelproviders`, 'ns', 'p');
    await until(() => source.world().providers.length === 0);
    expect(source.world().secrets.size).toBe(0);
  });

  test('keep the last content while they cannot be read', async () => {
    secret('s', 'sk-1');
    provider('p', withKey('s'));
    await started();
    server.fault((request) => request.verb === 'get', { type: 'status', status: 500, reason: 'InternalError' }, 2);
    secret('s', 'sk-2');
    await server.until(() => secretReads().length === 2);
    expect(keyIn(source.world(), 's')).toBe('sk-1');
    await untilInTime(() => keyIn(source.world(), 's') === 'sk-2');
  });

  test('one that can never be read does not keep the others from being served', async () => {
    secret('broken', 'sk-broken');
    secret('fine', 'sk-fine');
    provider('a', withKey('broken'));
    provider('b', withKey('fine'));
    server.fault(
      (request) => request.name === 'broken',
      { type: 'status', status: 500, reason: 'InternalError' },
      Number.POSITIVE_INFINITY,
    );
    await source.start();
    await untilInTime(() => source.hasSynced());
    expect(keyIn(source.world(), 'fine')).toBe('sk-fine');
    expect(source.world().providers).toHaveLength(2);
  });

  test('bring only our own annotations: kubectl keeps the whole Secret in one of its own', async () => {
    secret('s', 'sk-1', { 'headgate.dev/allowed-hosts': 'api.openai.com', 'kubectl.kubernetes.io/last-applied-configuration': 'sk-1' });
    provider('p', withKey('s'));
    const world = await started();
    expect(world.secrets.get('ns/s')?.annotations).toEqual({ 'headgate.dev/allowed-hosts': 'api.openai.com' });
  });

  test('of an edited provider are read before the edit shows: no moment without a key', async () => {
    secret('old', 'sk-old');
    secret('new', 'sk-new');
    provider('p', withKey('old'));
    await started();
    const seen: string[] = [];
    source.onChange(() => {
      const world = source.world();
      const name = (world.providers[0]?.spec.credentials ?? [])[0]?.secretRef.name ?? '';
      seen.push(keyIn(world, name) ?? 'no key');
    });
    provider('p', withKey('new'));
    await until(() => keyIn(source.world(), 'new') === 'sk-new');
    expect(new Set(seen)).toEqual(new Set(['sk-old', 'sk-new']));
  });
});

describe('Services', () => {
  function service(name: string): void {
    server.objects.put('v1/services', { metadata: { name, namespace: 'ns' }, spec: { ports: [{ name: 'http', port: 80 }] } });
  }

  function slice(name: string, addresses: readonly string[]): void {
    const endpoints = addresses.map((address) => ({ addresses: [address], conditions: { ready: true } }));
    const metadata = { name: `${name}-1`, namespace: 'ns', labels: { 'kubernetes.io/service-name': name } };
    server.objects.put('discovery.k8s.io/v1/endpointslices', {
      metadata,
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8000 }],
      endpoints,
    });
  }

  test('are watched only where a provider refers to one', async () => {
    provider('p', {});
    await started();
    expect(server.count('list', 'v1/services')).toBe(0);
    service('vllm');
    slice('vllm', ['10.0.0.1']);
    provider('q', { serviceRef: { name: 'vllm', port: 80 } });
    await until(() => source.world().services.size === 1);
    const { namespace } = server.requests.find((request) => request.collection === 'v1/services') ?? {};
    expect(namespace).toBe('ns');
  });

  test('bring their ready addresses, as these come and go', async () => {
    service('vllm');
    slice('vllm', ['10.0.0.1']);
    provider('p', { serviceRef: { name: 'vllm', port: 80 } });
    const ready = (): readonly string[] => (source.world().services.get('ns/vllm')?.ready ?? []).map(({ address }) => address);
    await started();
    expect(ready()).toEqual(['10.0.0.1']);
    slice('vllm', ['10.0.0.1', '10.0.0.2']);
    await until(() => ready().length === 2);
    server.objects.remove('v1/services', 'ns', 'vllm');
    await until(() => source.world().services.size === 0);
  });

  test('nobody refers to any more are no longer watched', async () => {
    service('vllm');
    provider('p', { serviceRef: { name: 'vllm', port: 80 } });
    await started();
    await server.until(() => server.openWatches() === 7);
    server.objects.remove(`${GROUP}/modelproviders`, 'ns', 'p');
    await server.until(() => server.openWatches() === 5);
  });
});

describe('the world', () => {
  test('of an empty cluster is complete and empty', async () => {
    const world = await started();
    expect([world.providers, world.policies, world.consumers]).toEqual([[], [], []]);
  });

  test('is the same until something changes, and frozen', async () => {
    provider('p', {});
    const world = await started();
    expect(source.world()).toBe(world);
    expect(Object.isFrozen(world.providers[0]?.spec)).toBe(true);
    provider('p', { concurrency: 5 });
    await until(() => source.world() !== world);
    expect(source.world().providers[0]?.spec.concurrency).toBe(5);
  });

  test('is not called complete while one kind is missing', async () => {
    server.fault((request) => request.collection.endsWith('routepolicies'), { type: 'status', status: 503, reason: 'Unavailable' }, 1);
    await source.start();
    await server.until(() => server.openWatches() === 4);
    expect(source.hasSynced()).toBe(false);
    await untilInTime(() => source.hasSynced());
  });

  test('knows the labels of namespaces', async () => {
    server.objects.put('v1/namespaces', { metadata: { name: 'ns', labels: { team: 'red' } } });
    const world = await started();
    expect(world.namespaces.get('ns')).toEqual({ team: 'red', 'kubernetes.io/metadata.name': 'ns' });
  });

  test('outlives the API server, and says how long it has been away', async () => {
    provider('p', {});
    await started();
    await server.until(() => server.openWatches() === 5);
    server.fault(() => true, { type: 'reset' }, Number.POSITIVE_INFINITY);
    server.endWatches('reset');
    await clock.advance(600_000);
    expect(source.hasSynced()).toBe(true);
    expect(source.world().providers).toHaveLength(1);
    expect(source.contactAgeMs()).toBeGreaterThan(500_000);
    server.objects.compact();
    provider('q', {});
    server.clearFaults();
    const backMs = clock.monotonic();
    await untilInTime(() => source.world().providers.length === 2);
    expect(clock.monotonic() - backMs).toBeLessThanOrEqual(10_000);
  });
});

describe('listed namespaces', () => {
  test('are the only ones watched, each by itself', async () => {
    for (const namespace of ['a', 'b', 'c']) provider('p', {}, namespace);
    source = newSource(['a', 'b']);
    const world = await started();
    expect(world.providers.map(({ metadata }) => metadata.namespace)).toEqual(['a', 'b']);
    const namespaced = server.requests.filter((request) => request.verb === 'list' && request.collection.endsWith('modelproviders'));
    expect(namespaced.map((request) => request.namespace).sort()).toEqual(['a', 'b']);
  });

  test('need no right to see Namespaces: they are known by their names', async () => {
    const fault = { type: 'status', status: 403, reason: 'Forbidden' } as const;
    server.fault((request) => request.collection === 'v1/namespaces', fault, Number.POSITIVE_INFINITY);
    source = newSource(['a']);
    const world = await started();
    expect(world.namespaces.get('a')).toEqual({ 'kubernetes.io/metadata.name': 'a' });
  });
});
