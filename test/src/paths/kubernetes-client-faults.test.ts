import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CounterName,
  FakeClock,
  type KubeApi,
  type KubeObject,
  openKubeClient,
  RESOURCES,
  Reflector,
  type ReflectorTarget,
  Store,
  silentLogger,
} from '@headgate/operator';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FaultApiServer } from '../fakes/fault-api-server.ts';

/** Each row of the measured faults of @kubernetes/client-node 2.x, against the client and reflector of the operator. */

const PROVIDERS = 'headgate.dev/v1alpha1/modelproviders';

let server: FaultApiServer;
let clock: FakeClock;
let api: KubeApi;
let folder: string;
let store: Store<KubeObject>;
let counts: Map<string, number>;
let running: Reflector[];

beforeEach(async () => {
  server = await FaultApiServer.start();
  folder = await mkdtemp(join(tmpdir(), 'headgate-faults-'));
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig());
  clock = new FakeClock();
  api = openKubeClient({ clock, kubeconfigFile: join(folder, 'kubeconfig') });
  counts = new Map();
  pending = 0;
  running = [];
  store = newStore();
});

afterEach(async () => {
  await Promise.all(running.map((reflector) => reflector.stop()));
  await api.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

function count(counter: CounterName, labels: Readonly<Record<string, string>>): void {
  const name = [counter, ...Object.values(labels)].join(' ');
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function newStore(): Store<KubeObject> {
  return new Store({ name: 'modelproviders', scopes: [''], read: (object) => object, logger: silentLogger, count });
}

function reflect(target: ReflectorTarget = store): Reflector {
  const reflector = new Reflector({
    api: {
      listPage: (resource, options) => tracked(api.listPage(resource, options)),
      watch: (resource, options) => tracked(api.watch(resource, options)),
    },
    resource: RESOURCES.modelProviders,
    scope: '',
    target,
    clock,
    random: () => 0.5,
    logger: silentLogger,
    count,
  });
  running.push(reflector);
  reflector.start();
  return reflector;
}

function put(name: string, spec: object = {}): void {
  server.objects.put(PROVIDERS, { metadata: { name, namespace: 'default' }, spec });
}

function names(): readonly string[] {
  return store.list().map((object) => object.metadata.name);
}

/** Resolves when the store holds exactly these objects. */
function holds(...expected: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (JSON.stringify(names()) === JSON.stringify(expected)) resolve();
    };
    store.onChange(check);
    store.onSynced(check);
    check();
  });
}

/** Calls of the client that have not returned. */
let pending = 0;

async function tracked<T>(call: Promise<T>): Promise<T> {
  pending += 1;
  try {
    return await call;
  } finally {
    pending -= 1;
  }
}

/** Lets time pass in steps, but only while no answer is on its way, until `condition` holds; the time that passed in ms. */
async function passTimeUntil(condition: () => boolean, stepMs = 250): Promise<number> {
  const startMs = clock.monotonic();
  const deadlineMs = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error('the condition did not come true');
    await clock.advance(pending <= server.hanging() ? stepMs : 0);
  }
  return clock.monotonic() - startMs;
}

async function watching(): Promise<void> {
  await server.until(() => server.openWatches() === 1);
}

describe('connections', () => {
  test('20 requests one after the other share at most two connections', async () => {
    put('a');
    for (let i = 0; i < 20; i++) await api.get(RESOURCES.modelProviders, { namespace: 'default', name: 'a' });
    expect(server.count('get')).toBe(20);
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  test('a kubeconfig that changes on disk is used within ten seconds, over new connections', async () => {
    const other = await FaultApiServer.start();
    try {
      await api.get(RESOURCES.modelProviders, { namespace: 'default', name: 'a' });
      await writeFile(join(folder, 'kubeconfig'), `${other.kubeconfig()}\n`);
      await clock.advance(10_000);
      await api.get(RESOURCES.modelProviders, { namespace: 'default', name: 'a' });
      expect([server.count('get'), other.count('get')]).toEqual([1, 1]);
    } finally {
      await other.stop();
    }
  });
});

describe('watches', () => {
  test('an idle watch stays open as long as bookmarks come', async () => {
    reflect();
    await watching();
    for (let minute = 0; minute < 4; minute++) {
      await clock.advance(60_000);
      const events = counts.get('reflector_events_total modelproviders BOOKMARK') ?? 0;
      server.bookmark();
      await passTimeUntil(() => counts.get('reflector_events_total modelproviders BOOKMARK') === events + 1, 0);
    }
    expect(server.count('watch')).toBe(1);
  });

  test('bookmarks are asked for, with a timeout of five to ten minutes', async () => {
    reflect();
    await watching();
    const { query } = server.requests.find((request) => request.verb === 'watch') ?? {};
    expect(query?.get('allowWatchBookmarks')).toBe('true');
    expect(Number(query?.get('timeoutSeconds'))).toBeGreaterThanOrEqual(300);
    expect(Number(query?.get('timeoutSeconds'))).toBeLessThanOrEqual(600);
  });

  test('a quiet resource resumes from the last bookmark, so it does not age into a 410', async () => {
    reflect();
    await watching();
    server.objects.put('v1/secrets', { metadata: { name: 'noise', namespace: 'default' } });
    const newest = String(server.objects.revision());
    server.bookmark();
    await passTimeUntil(() => counts.has('reflector_events_total modelproviders BOOKMARK'), 0);
    server.endWatches('close');
    await server.until(() => server.openWatches() === 0);
    await passTimeUntil(() => server.count('watch') === 2);
    expect(server.requests.at(-1)?.query.get('resourceVersion')).toBe(newest);
    expect(server.count('list')).toBe(1);
  });

  test('a half-open connection is noticed after 90 s without a sign of life', async () => {
    reflect();
    await watching();
    server.silenceWatches();
    put('unseen');
    await clock.advance(89_000);
    expect(server.count('watch')).toBe(1);
    await clock.advance(1_000);
    await server.until(() => server.count('watch') === 2);
    await holds('unseen');
    expect(clock.monotonic()).toBe(90_000);
    expect(counts.get('reflector_watches_total modelproviders silent')).toBe(1);
  });

  test('a server that sends no bookmarks is asked every 90 s, and is not taken for one that is away', async () => {
    const reflector = reflect();
    for (let watches = 1; watches <= 5; watches++) {
      await server.until(() => server.count('watch') === watches);
      await passTimeUntil(() => pending === 0, 0);
      expect(reflector.contactAgeMs()).toBe(0);
      await clock.advance(90_000);
    }
    expect(server.count('list')).toBe(1);
  });

  test('the usual end of a long watch is followed by the next without a gap', async () => {
    reflect();
    await watching();
    for (let minute = 0; minute < 2; minute++) {
      await clock.advance(50_000);
      server.bookmark();
      await passTimeUntil(() => counts.get('reflector_events_total modelproviders BOOKMARK') === minute + 1, 0);
    }
    const before = clock.monotonic();
    server.endWatches('close');
    await server.until(() => server.count('watch') === 2);
    expect(clock.monotonic()).toBe(before);
  });

  test('watches that are closed at once do not become a storm of requests', async () => {
    server.fault((request) => request.verb === 'watch', { type: 'close' }, Number.POSITIVE_INFINITY);
    reflect();
    await server.until(() => server.count('watch') === 1);
    await passTimeUntil(() => clock.monotonic() >= 60_000);
    expect(server.count('watch')).toBeLessThan(20);
    expect(server.count('list')).toBe(1);
  });

  test.each([500, 429, 403, 401])('a watch refused with %i is tried again, from the same version', async (status) => {
    server.fault((request) => request.verb === 'watch', { type: 'status', status, reason: 'Injected' });
    reflect();
    await server.until(() => server.count('watch') === 1);
    const tookMs = await passTimeUntil(() => server.count('watch') === 2);
    expect(tookMs).toBeGreaterThanOrEqual(800);
    put('after');
    await holds('after');
    expect(server.count('list')).toBe(1);
  });

  test('a watch that is never answered is given up and tried again', async () => {
    server.fault((request) => request.verb === 'watch', { type: 'hang' });
    reflect();
    await server.until(() => server.count('watch') === 1);
    await passTimeUntil(() => server.count('watch') === 2);
    put('after');
    await holds('after');
  });

  test('a connection reset mid-stream loses no event', async () => {
    reflect();
    await watching();
    put('before');
    await holds('before');
    server.endWatches('reset');
    await server.until(() => server.openWatches() === 0);
    put('during');
    await passTimeUntil(() => server.count('watch') === 2);
    await holds('before', 'during');
    expect(server.count('list')).toBe(1);
  });

  test('after 20 failed watches in a row the reflector is still alive', async () => {
    server.fault((request) => request.verb === 'watch', { type: 'reset' }, 20);
    reflect();
    await passTimeUntil(() => server.openWatches() === 1, 5_000);
    put('alive');
    await holds('alive');
  });

  test('Retry-After of a 429 is honoured beyond the back-off', async () => {
    const headers = { 'retry-after': '45' };
    server.fault((request) => request.verb === 'watch', { type: 'status', status: 429, reason: 'TooManyRequests', headers });
    reflect();
    await server.until(() => server.count('watch') === 1);
    const tookMs = await passTimeUntil(() => server.count('watch') === 2, 1_000);
    expect(tookMs).toBeGreaterThanOrEqual(45_000);
  });

  test.each([
    [500, 'InternalError'],
    [504, 'Timeout'],
    [403, 'Forbidden'],
  ])('an ERROR event %i ends the watch, and the next resumes', async (status, reason) => {
    server.fault((request) => request.verb === 'watch', { type: 'error-event', status, reason });
    reflect();
    await server.until(() => server.count('watch') === 1);
    await passTimeUntil(() => server.count('watch') === 2);
    put('after');
    await holds('after');
    expect(server.count('list')).toBe(1);
    expect(counts.get('reflector_watches_total modelproviders failed')).toBe(1);
  });

  test('an ERROR event 429 is waited out as its details say', async () => {
    const fault = { type: 'error-event', status: 429, reason: 'TooManyRequests', retryAfterSeconds: 40 } as const;
    server.fault((request) => request.verb === 'watch', fault);
    reflect();
    await server.until(() => server.count('watch') === 1);
    expect(await passTimeUntil(() => server.count('watch') === 2, 1_000)).toBeGreaterThanOrEqual(40_000);
  });

  test.each(['{"type":"ADDED","object":{"metad\n', 'not json\n', '{"type":"ADDED","object":{"metadata":{}}}\n', '{"type":"NEWS"}\n'])(
    'a line that is no event (%j) is counted and what it carried is asked for again',
    async (line) => {
      reflect();
      await watching();
      server.silenceWatches();
      put('garbled');
      server.sendRaw(line);
      await server.until(() => server.openWatches() === 0);
      await passTimeUntil(() => server.count('watch') === 2);
      await holds('garbled');
      expect(counts.get('reflector_watches_total modelproviders garbage')).toBe(1);
    },
  );
});

describe('lists', () => {
  test('a first list that fails is tried again, and nothing claims to be synced meanwhile', async () => {
    put('a');
    server.fault((request) => request.verb === 'list', { type: 'status', status: 503, reason: 'ServiceUnavailable' }, 3);
    const reflector = reflect();
    await server.until(() => server.count('list') === 1);
    await passTimeUntil(() => reflector.lastError() !== undefined, 0);
    expect(store.hasSynced()).toBe(false);
    expect(reflector.lastError()?.status).toBe(503);
    await passTimeUntil(() => store.hasSynced());
    expect(names()).toEqual(['a']);
    expect(reflector.lastError()).toBeUndefined();
  });

  test.each([
    { type: 'reset' },
    { type: 'raw', status: 200, text: '<html>proxy error</html>' },
    { type: 'raw', status: 502, text: 'bad gateway' },
    { type: 'hang' },
  ] as const)('a list answered by %j is tried again', async (fault) => {
    put('a');
    server.fault((request) => request.verb === 'list', fault);
    reflect();
    await server.until(() => server.count('list') === 1);
    await passTimeUntil(() => store.hasSynced(), 1_000);
    expect(names()).toEqual(['a']);
  });

  test('a long collection is listed in pages of 500', async () => {
    for (let i = 0; i < 1_201; i++) put(`p${String(i).padStart(4, '0')}`);
    reflect();
    await passTimeUntil(() => store.hasSynced(), 0);
    expect(store.list()).toHaveLength(1_201);
    expect(server.requests.filter((request) => request.verb === 'list').map((request) => request.query.get('limit'))).toEqual([
      '500',
      '500',
      '500',
    ]);
  });

  test('a continue token that expires begins the list anew', async () => {
    for (let i = 0; i < 600; i++) put(`p${String(i).padStart(4, '0')}`);
    server.fault((request) => request.query.has('continue'), { type: 'status', status: 410, reason: 'Expired' });
    reflect();
    await server.until(() => server.count('list') === 2);
    await passTimeUntil(() => store.hasSynced());
    expect(store.list()).toHaveLength(600);
  });

  test('a version that expired (410) is listed again, and what was deleted meanwhile goes', async () => {
    put('gone');
    put('stays');
    reflect();
    await watching();
    server.endWatches('reset');
    await server.until(() => server.openWatches() === 0);
    server.objects.remove(PROVIDERS, 'default', 'gone');
    server.objects.compact();
    await passTimeUntil(() => server.count('list') === 2);
    await holds('stays');
    expect(counts.get('reflector_watches_total modelproviders expired')).toBe(1);
  });

  test('a server that answers every watch with 410 is not hammered with lists', async () => {
    server.fault((request) => request.verb === 'watch', { type: 'status', status: 410, reason: 'Expired' }, Number.POSITIVE_INFINITY);
    reflect();
    await server.until(() => server.count('watch') === 1);
    await passTimeUntil(() => clock.monotonic() >= 60_000);
    expect(server.count('list')).toBeGreaterThan(3);
    expect(server.count('list')).toBeLessThan(20);
  });
});

describe('what is kept', () => {
  test('a listener that throws neither ends the process nor the watch', async () => {
    store.onChange(() => {
      throw new Error('a bug in a listener');
    });
    reflect();
    await watching();
    put('a');
    await holds('a');
    put('b');
    await holds('a', 'b');
    expect(counts.get('reflector_handler_errors_total modelproviders')).toBe(2);
  });

  test('a target that throws is counted, and filled by the next list', async () => {
    let broken = true;
    const target: ReflectorTarget = {
      replace: (scope, objects) => store.replace(scope, objects),
      remove: (object) => store.remove(object),
      upsert: (object) => {
        if (broken) throw new Error('a bug in the target');
        store.upsert(object);
      },
    };
    reflect(target);
    await watching();
    put('a');
    await passTimeUntil(() => counts.has('reflector_handler_errors_total modelproviders'), 0);
    broken = false;
    await passTimeUntil(() => server.count('list') === 2);
    await holds('a');
  });

  test('objects are handed out frozen, all the way down', async () => {
    put('a', { credentials: [{ name: 'main' }] });
    reflect();
    await holds('a');
    const object = store.get('default/a') as KubeObject & { readonly spec: { readonly credentials: readonly object[] } };
    expect(Object.isFrozen(object.spec.credentials[0])).toBe(true);
  });

  test('an event from the past does not undo what is known: the collection is listed again', async () => {
    put('a', { version: 1 });
    reflect();
    await holds('a');
    await watching();
    put('a', { version: 2 });
    await passTimeUntil(() => counts.has('reflector_events_total modelproviders MODIFIED'), 0);
    const old = { metadata: { name: 'a', namespace: 'default', resourceVersion: '1' }, spec: { version: 0 } };
    server.sendRaw(`${JSON.stringify({ type: 'MODIFIED', object: old })}\n`);
    await passTimeUntil(() => server.count('list') === 2);
    expect(store.get('default/a')).toMatchObject({ spec: { version: 2 } });
    expect(counts.get('reflector_watches_total modelproviders regressed')).toBe(1);
  });

  test('a server restored from a backup is believed after it has been asked three times', async () => {
    put('old');
    const backup = server.objects.revision();
    put('new');
    reflect();
    await holds('new', 'old');
    await watching();
    server.objects.remove(PROVIDERS, 'default', 'new');
    await holds('old');
    server.objects.rewind(backup - 1);
    put('restored');
    // Its watch cache holds events back until the old version is reached again; its next bookmark gives it away.
    server.bookmark();
    await passTimeUntil(() => names().includes('restored'), 1_000);
    expect(counts.get('reflector_lists_total modelproviders stale')).toBe(3);
  });
});

describe('requests', () => {
  test('a status is written by server-side apply, with the manager and force', async () => {
    put('a');
    const object = { metadata: { namespace: 'default', name: 'a' }, status: { observedGeneration: 1 } };
    const answer = await api.applyStatus(RESOURCES.modelProviders, object, 'headgate-status');
    expect(answer.type).toBe('ok');
    const request = server.requests.at(-1);
    expect(request?.headers['content-type']).toBe('application/apply-patch+yaml');
    expect([request?.subresource, request?.query.get('fieldManager'), request?.query.get('force')]).toEqual([
      'status',
      'headgate-status',
      'true',
    ]);
  });

  test('what is sent names its kind, which what was listed does not', async () => {
    const object = { metadata: { namespace: 'default', name: 'a' }, spec: {} };
    await api.create(RESOURCES.modelProviders, object);
    await api.replace(RESOURCES.modelProviders, object);
    const kinds = server.requests.map((request) => JSON.parse(request.body) as { readonly apiVersion: string; readonly kind: string });
    expect(kinds).toMatchObject(Array(2).fill({ apiVersion: 'headgate.dev/v1alpha1', kind: 'ModelProvider' }));
  });

  test('Secrets are watched without their content', async () => {
    server.objects.put('v1/secrets', { metadata: { name: 's', namespace: 'default' }, data: { key: 'c2VjcmV0' } });
    const signal = new AbortController().signal;
    const page = await api.listPage(RESOURCES.secrets, { limit: 500, metadataOnly: true, signal });
    expect(page.type === 'ok' && page.value.items).toMatchObject([{ metadata: { name: 's' } }]);
    expect(JSON.stringify(page)).not.toContain('c2VjcmV0');
  });

  test('two clients with users of the same name do not share credentials', async () => {
    const other = join(folder, 'other');
    await writeFile(other, server.kubeconfig().replace('test-token', 'other-token'));
    const second = openKubeClient({ clock, kubeconfigFile: other });
    await api.get(RESOURCES.modelProviders, { namespace: 'default', name: 'a' });
    await second.get(RESOURCES.modelProviders, { namespace: 'default', name: 'a' });
    await second.close();
    expect(server.requests.map((request) => request.headers.authorization)).toEqual(['Bearer test-token', 'Bearer other-token']);
  });

  test('a kubeconfig that is missing or broken is an error of the request, not of the process', async () => {
    const missing = openKubeClient({ clock, kubeconfigFile: join(folder, 'none') });
    const answer = await missing.get(RESOURCES.modelProviders, { namespace: 'default', name: 'a' });
    expect(answer).toMatchObject({ type: 'error', error: { status: 0, reason: 'ClientConfiguration' } });
  });

  test('a request that is never answered ends as a timeout', async () => {
    server.fault(() => true, { type: 'hang' });
    const answer = api.get(RESOURCES.modelProviders, { namespace: 'default', name: 'a' });
    await server.until(() => server.count('get') === 1);
    await clock.advance(15_000);
    expect(await answer).toMatchObject({ type: 'error', error: { status: 0, reason: 'Timeout' } });
  });

  test.each(['../secrets', '..', 'a/b', 'a?b', ''])('the name %j never reaches a path', async (name) => {
    expect(await api.get(RESOURCES.secrets, { namespace: 'default', name })).toMatchObject({ error: { reason: 'InvalidName' } });
    expect(server.requests).toHaveLength(0);
  });
});
