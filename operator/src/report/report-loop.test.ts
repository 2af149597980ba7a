import type { ModelProvider, ProviderReport, ResourceKey } from '@headgate/crds';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { World } from '../collect/world.ts';
import type { Compilation, ObjectDiagnostics } from '../compile/compilation.ts';
import { LastGood } from '../deliver/last-good.ts';
import { TablePublisher } from '../deliver/table-publisher.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { silentLogger } from '../support/logger.ts';
import { ReportLoop } from './report-loop.ts';
import type { ObjectStatus, StatusSink } from './status-sink.ts';

class RecordingSink implements StatusSink {
  readonly wanted = new Map<ResourceKey, ObjectStatus>();
  readonly forgotten: ResourceKey[] = [];
  count = 0;

  want(status: ObjectStatus): void {
    this.count++;
    this.wanted.set(status.key, status);
  }

  forget(status: ObjectStatus): void {
    this.forgotten.push(status.key);
  }

  clear(): void {
    this.wanted.clear();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

const KEY = 'provider/default/a';
const provider = (name: string, total?: number): ModelProvider => ({
  apiVersion: 'headgate.dev/v1alpha1',
  kind: 'ModelProvider',
  metadata: { name, namespace: 'default', uid: name, generation: 1 },
  spec: { type: 'OpenAI' },
  ...(total === undefined ? {} : { status: { dataplane: { revision: 1, applied: total, total } } }),
});
const diagnosticsOf = (key: ResourceKey): ObjectDiagnostics => ({
  key,
  generation: 1,
  accepted: { status: 'True', reason: 'Accepted', message: '' },
  resolvedRefs: { status: 'True', reason: 'ResolvedRefs', message: '' },
});
const worldOf = (providers: readonly ModelProvider[]): World => ({
  providers,
  policies: [],
  consumers: [],
  secrets: new Map(),
  services: new Map(),
  namespaces: new Map(),
  keySalt: '',
  allowedPrivateHosts: [],
});
const compilationOf = (providers: readonly ModelProvider[]): Compilation => {
  const keys = providers.map(({ metadata }) => `provider/default/${metadata.name}`);
  return {
    // What the resources hold does not matter here, only that they differ by key.
    resources: new Map([...keys, 'settings'].map((key) => [key, { type: 'settings', keySalt: key }])),
    diagnostics: new Map(keys.map((key) => [key, diagnosticsOf(key)])),
    offers: new Map(),
  };
};

describe('ReportLoop', () => {
  let clock: FakeClock;
  let sink: RecordingSink;
  let loop: ReportLoop;
  let publisher: TablePublisher;
  beforeEach(() => {
    clock = new FakeClock();
    sink = new RecordingSink();
    loop = new ReportLoop({ sink, listingError: () => undefined, clock, log: silentLogger });
    publisher = new TablePublisher(new LastGood());
    publisher.onPublish((table) => loop.published(table));
    publisher.lead(1, { revision: 0, resources: new Map() });
    loop.start();
  });

  const reconcile = (...providers: readonly ModelProvider[]): number => {
    const compilation = compilationOf(providers);
    loop.compiled(compilation, worldOf(providers));
    publisher.publish({ resources: compilation.resources, term: 1, changedAtMs: 0 });
    return publisher.table()?.revision ?? 0;
  };
  const condition = (type: string, key = KEY) => sink.wanted.get(key)?.status.conditions?.find((item) => item.type === type);
  const report = (requests: number): void => {
    const counts = { requests, failures: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costNanoUsd: 0, unpricedRequests: 0 };
    const model = {
      model: 'm',
      ...counts,
      ttft: {},
      generationMs: 0,
      inFlight: 0,
      endpoints: { closed: 1, open: 0, halfOpen: 0 },
      failureReasons: {},
    };
    const providers: ProviderReport[] = [{ key: KEY, models: [model], credentials: [] }];
    loop.reported({ type: 'report', proxyId: 'p1', epoch: 1, sequence: clock.now(), windowMs: 1000, providers, policies: [] });
  };

  test('says Programmed soon after the last proxy acknowledged, with the count', async () => {
    const revision = reconcile(provider('a'));
    loop.joined('p1');
    loop.joined('p2');
    loop.acknowledged('p1', revision, []);
    await clock.advance(60);
    // The second one is about to answer: saying less than that now would be taken back at once.
    expect(condition('Programmed')).toBeUndefined();
    await clock.advance(400);
    expect(condition('Programmed')).toMatchObject({ status: 'False', reason: 'PartiallyProgrammed' });
    loop.acknowledged('p2', revision, []);
    await clock.advance(60);
    expect(condition('Programmed')).toMatchObject({ status: 'True' });
    expect(sink.wanted.get(KEY)?.status.summary).toMatchObject({ programmed: '2/2' });
  });

  test('names the proxy that refused, and recovers when it is gone', async () => {
    const revision = reconcile(provider('a'));
    loop.joined('p1');
    const hash = publisher.table()?.resources.get(KEY)?.hash ?? '';
    loop.acknowledged('p1', revision, [{ key: KEY, hash, reason: 'too odd' }]);
    await clock.advance(60);
    expect(condition('Programmed')).toMatchObject({ reason: 'Rejected', message: expect.stringContaining('p1 refused it: too odd') });
    loop.gone('p1');
    loop.joined('p2');
    loop.acknowledged('p2', revision, []);
    await clock.advance(60);
    expect(condition('Programmed')).toMatchObject({ status: 'True' });
  });

  test('shows what proxies observed within a second', async () => {
    reconcile(provider('a'));
    await clock.advance(100);
    report(5);
    await clock.advance(1_100);
    expect(condition('Healthy')).toMatchObject({ status: 'True' });
  });

  test('an edit costs the objects it touches, not all', async () => {
    const all = Array.from({ length: 1_000 }, (_, index) => provider(`p${index}`));
    reconcile(...all);
    await clock.advance(60);
    expect(sink.wanted.size).toBe(1_000);
    sink.count = 0;
    const edited = all.map((item, index) => (index === 7 ? provider('new') : item));
    reconcile(...edited);
    await clock.advance(60);
    expect(sink.count).toBeLessThan(10);
    expect(sink.forgotten).toEqual(['provider/default/p7']);
  });

  test('looks at every one of many objects within 10 s', async () => {
    const all = Array.from({ length: 3_000 }, (_, index) => provider(`p${index}`));
    reconcile(...all);
    await clock.advance(60);
    sink.wanted.clear();
    await clock.advance(10_000);
    expect(sink.wanted.size).toBe(3_000);
  });

  test('a new leader waits for the proxies of the old one before it calls them absent', async () => {
    loop.lead();
    const revision = reconcile(provider('a', 2));
    await clock.advance(1_000);
    expect(sink.count).toBe(0);
    for (const proxy of ['p1', 'p2']) loop.acknowledged(proxy, revision, []);
    await clock.advance(100);
    expect(condition('Programmed')).toMatchObject({ status: 'True' });
  });

  test('and for the lists that it had shown: what is missing in them is not to be taken back', async () => {
    let names: readonly string[] | undefined;
    const discovery = { names: () => names, missing: () => undefined };
    const offers = new Map([[KEY, { find: () => undefined, refusesUnpriced: false, discovery }]]);
    const object: ModelProvider = { ...provider('a'), status: { discovery: { models: 1, names: ['m'] } } };
    loop.lead();
    loop.compiled({ ...compilationOf([object]), offers }, worldOf([object]));
    await clock.advance(5_000);
    expect(sink.count).toBe(0);
    names = ['m', 'n'];
    await clock.advance(1_000);
    expect(sink.wanted.get(KEY)?.status).toMatchObject({ discovery: { models: 2, names: ['m', 'n'] } });
  });

  test('but not for ever', async () => {
    loop.lead();
    reconcile(provider('a', 2));
    await clock.advance(11_000);
    expect(condition('Programmed')).toMatchObject({ reason: 'NoProxies' });
  });

  test('reports nothing after leadership was lost', async () => {
    reconcile(provider('a'));
    await clock.advance(100);
    loop.clear();
    sink.count = 0;
    await clock.advance(5_000);
    expect(sink.count).toBe(0);
    expect(loop.objects()).toEqual([]);
  });
});
