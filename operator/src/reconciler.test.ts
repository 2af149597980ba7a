import { describe, expect, test } from '@jest/globals';
import type { Source } from './collect/source.ts';
import type { World } from './collect/world.ts';
import type { Compilation } from './compile/compilation.ts';
import { LastGood } from './deliver/last-good.ts';
import { ShrinkHold } from './deliver/shrink-hold.ts';
import { policyBody, resourcesOf } from './deliver/table-fixtures.ts';
import { TablePublisher } from './deliver/table-publisher.ts';
import { Reconciler } from './reconciler.ts';
import { FakeClock } from './support/fake-clock.ts';
import { silentLogger } from './support/logger.ts';

const EMPTY: World = {
  providers: [],
  policies: [],
  consumers: [],
  secrets: new Map(),
  services: new Map(),
  namespaces: new Map(),
  keySalt: '',
  allowedPrivateHosts: [],
};

describe('Reconciler', () => {
  const setup = () => {
    const clock = new FakeClock();
    const publisher = new TablePublisher(new LastGood());
    const state = { world: EMPTY, synced: true, term: 1, policies: 1, confirmed: false, compiled: 0 };
    const source: Pick<Source, 'hasSynced' | 'world'> = { hasSynced: () => state.synced, world: () => state.world };
    const compile = (): Compilation => {
      state.compiled++;
      const bodies = Array.from({ length: state.policies }, (_, index) => policyBody(`p${index}`));
      return { resources: resourcesOf(...bodies), diagnostics: new Map(), offers: new Map() };
    };
    const hold = new ShrinkHold(() => Promise.resolve(state.confirmed), clock, silentLogger);
    const reconciler = new Reconciler({
      source: { ...source, start: () => Promise.resolve(), stop: () => Promise.resolve(), onChange: () => undefined },
      compile,
      hold,
      publisher,
      term: () => state.term,
      onCompiled: () => undefined,
      observeMs: () => undefined,
      clock,
      log: silentLogger,
    });
    publisher.lead(1, { revision: 0, resources: new Map() });
    const change = (): void => {
      state.world = { ...EMPTY, keySalt: String(Math.random()) };
    };
    return { state, publisher, reconciler, change };
  };

  test('publishes what the world compiles to', async () => {
    const { publisher, reconciler } = setup();
    expect(await reconciler.reconcile(0)).toEqual({ type: 'done' });
    expect([...(publisher.table()?.resources.keys() ?? [])]).toEqual(['policy/default/p0']);
  });

  test('compiles nothing while it does not lead or the caches are not complete', async () => {
    const { state, publisher, reconciler } = setup();
    state.synced = false;
    await reconciler.reconcile(0);
    state.synced = true;
    state.term = 0;
    await reconciler.reconcile(0);
    expect(state.compiled).toBe(0);
    expect(publisher.table()).toBeUndefined();
  });

  test('compiles once for one world, but again in another term', async () => {
    const { state, publisher, reconciler } = setup();
    await reconciler.reconcile(0);
    state.world = { ...EMPTY };
    await reconciler.reconcile(0);
    expect(state.compiled).toBe(1);
    state.term = 2;
    publisher.resign();
    publisher.lead(2, { revision: 0, resources: new Map() });
    await reconciler.reconcile(0);
    expect(publisher.table()?.revision).toBe(200_000_001);
  });

  test('publishes again when leadership was lost and won back within one term', async () => {
    const { publisher, reconciler } = setup();
    await reconciler.reconcile(0);
    publisher.resign();
    publisher.lead(1, { revision: 0, resources: new Map() });
    await reconciler.reconcile(0);
    expect(publisher.table()?.revision).toBe(100_000_002);
  });

  test('keeps policies that vanished at once until somebody confirms, and asks again', async () => {
    const { state, publisher, reconciler, change } = setup();
    state.policies = 30;
    await reconciler.reconcile(0);
    state.policies = 3;
    change();
    expect(await reconciler.reconcile(0)).toEqual({ type: 'retry', afterMs: 5_000 });
    expect(publisher.table()?.resources.size).toBe(30);
    state.confirmed = true;
    expect(await reconciler.reconcile(0)).toEqual({ type: 'done' });
    expect(publisher.table()?.resources.size).toBe(3);
  });
});
