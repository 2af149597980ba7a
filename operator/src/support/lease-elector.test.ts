import { beforeEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from './fake-clock.ts';
import { FakeKubeApi, failed } from './fake-kube-api.ts';
import { RESOURCES } from './kube-resource.ts';
import type { Lease } from './lease.ts';
import { LeaseElector } from './lease-elector.ts';
import { silentLogger } from './logger.ts';

const REF = { namespace: 'headgate', name: 'headgate-operator' };

/** Two machines: each has a clock of its own, one may be stopped while the other runs. */
interface Machine {
  readonly clock: FakeClock;
  readonly elector: LeaseElector;
  readonly changes: boolean[];
}

let api: FakeKubeApi;

beforeEach(() => {
  api = new FakeKubeApi();
});

function machine(identity: string, through: FakeKubeApi = api): Machine {
  const clock = new FakeClock();
  const elector = new LeaseElector({
    api: through,
    namespace: REF.namespace,
    name: REF.name,
    identity,
    clock,
    random: () => 0,
    logger: silentLogger,
    count: () => undefined,
  });
  const changes: boolean[] = [];
  elector.onChange((leader) => changes.push(leader));
  return { clock, elector, changes };
}

function lease(): Lease['spec'] {
  return (api.stored(RESOURCES.leases, REF) as Lease | undefined)?.spec;
}

/** Both machines live through the same seconds. */
async function pass(seconds: number, ...machines: readonly Machine[]): Promise<void> {
  for (let second = 0; second < seconds; second++) for (const { clock } of machines) await clock.advance(1_000);
}

async function leading(identity: string): Promise<Machine> {
  const started = machine(identity);
  started.elector.start();
  await pass(1, started);
  expect(started.elector.isLeader()).toBe(true);
  return started;
}

describe('taking and holding', () => {
  test('the first candidate creates the lease and leads with term 1', async () => {
    const a = await leading('a');
    expect(a.elector.term()).toBe(1);
    expect(lease()).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 1 });
    expect(lease()?.renewTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(a.changes).toEqual([true]);
  });

  test('a renewal is one request every two seconds and keeps term and acquire time', async () => {
    const a = await leading('a');
    const acquired = lease()?.acquireTime;
    api.calls.length = 0;
    await pass(60, a);
    expect(api.calls).toHaveLength(30);
    expect(lease()).toMatchObject({ acquireTime: acquired, leaseTransitions: 1 });
    expect(a.changes).toEqual([true]);
  });

  test('a candidate waits while the lease is renewed, however long', async () => {
    const a = await leading('a');
    const b = machine('b');
    b.elector.start();
    await pass(120, a, b);
    expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([true, false]);
  });

  test('a leader whose wall clock is an hour off holds its lease all the same', async () => {
    const a = machine('a');
    a.clock.jumpWall(-3_600_000);
    a.elector.start();
    const b = machine('b');
    b.elector.start();
    await pass(60, a, b);
    expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([true, false]);
  });

  test('of two candidates that create the lease at once one leads', async () => {
    const [a, b] = [machine('a'), machine('b')];
    a.elector.start();
    b.elector.start();
    await pass(3, a, b);
    expect([a.elector.isLeader(), b.elector.isLeader()].filter((leader) => leader)).toHaveLength(1);
  });
});

describe('taking over', () => {
  test('a crashed leader is followed within 20 s, with a higher term', async () => {
    await leading('a');
    const b = machine('b');
    b.elector.start();
    await pass(14, b);
    expect(b.elector.isLeader()).toBe(false);
    await pass(6, b);
    expect(b.elector.isLeader()).toBe(true);
    expect(b.elector.term()).toBe(2);
  });

  test('a leader that stops gives the lease back, and the next need not wait', async () => {
    const a = await leading('a');
    const b = machine('b');
    b.elector.start();
    await pass(1, a, b);
    let actedWhileReleasing = false;
    api.beforeAnswer = () => {
      actedWhileReleasing ||= a.elector.isLeader();
    };
    await a.elector.stop();
    expect(actedWhileReleasing).toBe(false);
    expect(a.changes).toEqual([true, false]);
    await pass(3, b);
    expect(b.elector.term()).toBe(2);
  });

  test('a paused leader stops being one before another may begin', async () => {
    const a = await leading('a');
    const b = machine('b');
    b.elector.start();
    let overlap = false;
    for (let second = 0; second < 40; second++) {
      a.clock.pause(1_000);
      await b.clock.advance(1_000);
      overlap ||= a.elector.isLeader() && b.elector.isLeader();
    }
    expect(overlap).toBe(false);
    expect(b.elector.isLeader()).toBe(true);
  });

  test('a leader that wakes up says no before any of its timers has run, and finds out who leads', async () => {
    const a = await leading('a');
    a.clock.pause(30_000);
    expect(a.elector.isLeader()).toBe(false);
    expect(a.elector.term()).toBe(0);
    const b = machine('b');
    b.elector.start();
    await pass(20, b);
    await pass(5, a);
    expect(a.elector.isLeader()).toBe(false);
    expect(a.changes).toEqual([true, false]);
  });

  test('a machine that was suspended, so that its monotonic clock stood still, is no leader when it wakes', async () => {
    const a = await leading('a');
    a.clock.jumpWall(11_000);
    expect(a.elector.isLeader()).toBe(false);
  });

  test('a write that was paused on its way does not overwrite the next leader', async () => {
    const a = await leading('a');
    const b = machine('b');
    b.elector.start();
    await pass(1, b);
    let released = (): void => undefined;
    let held = false;
    api.beforeAnswer = () => {
      if (held) return;
      held = true;
      return new Promise<void>((resolve) => {
        released = resolve;
      });
    };
    await a.clock.advance(2_000);
    await pass(20, b);
    expect(b.elector.isLeader()).toBe(true);
    released();
    await pass(3, a, b);
    expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([false, true]);
    expect(lease()?.holderIdentity).toBe('b');
  });

  test('terms grow over any sequence of leaders', async () => {
    const terms: number[] = [];
    for (const identity of ['a', 'b', 'a', 'c']) {
      const next = machine(identity);
      next.elector.start();
      await pass(1, next);
      terms.push(next.elector.term());
      await next.elector.stop();
    }
    expect(terms).toEqual([1, 2, 3, 4]);
  });

  test('a lease that is deleted under a leader is taken anew, with a term nobody had', async () => {
    const a = await leading('a');
    await api.delete(RESOURCES.leases, REF);
    await pass(5, a);
    expect(a.elector.isLeader()).toBe(true);
    expect(lease()?.leaseTransitions).toBeGreaterThanOrEqual(1);
    expect(lease()?.holderIdentity).toBe('a');
  });
});

describe('an API server that fails', () => {
  test('errors for less than ten seconds cost nothing', async () => {
    const a = await leading('a');
    for (let i = 0; i < 3; i++) api.failures.push(failed(503, 'ServiceUnavailable').error);
    await pass(20, a);
    expect(a.changes).toEqual([true]);
  });

  test('a leader that cannot renew for ten seconds says so itself, and leads again when it can', async () => {
    const a = await leading('a');
    for (let i = 0; i < 8; i++) api.failures.push(failed(0, 'ECONNREFUSED').error);
    await pass(12, a);
    expect(a.changes).toEqual([true, false]);
    await pass(20, a);
    expect(a.changes).toEqual([true, false, true]);
  });

  test('a request that hangs for ever does not keep a leader in office', async () => {
    const a = await leading('a');
    api.beforeAnswer = () => new Promise(() => undefined);
    await pass(12, a);
    expect(a.changes).toEqual([true, false]);
  });

  test('a bug in the client does not end the election', async () => {
    const a = await leading('a');
    api.beforeAnswer = () => {
      throw new Error('a bug');
    };
    await pass(12, a);
    api.beforeAnswer = () => undefined;
    await pass(5, a);
    expect(a.elector.isLeader()).toBe(true);
  });
});
