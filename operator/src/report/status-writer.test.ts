import { beforeEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeKubeApi, failed } from '../support/fake-kube-api.ts';
import type { KubeObject } from '../support/kube-object.ts';
import { RESOURCES } from '../support/kube-resource.ts';
import { silentLogger } from '../support/logger.ts';
import { type StatusTarget, StatusWriter } from './status-writer.ts';

let api: FakeKubeApi;
let clock: FakeClock;
let leader: boolean;
let counts: Map<string, number>;
let writer: StatusWriter;

beforeEach(() => {
  api = new FakeKubeApi();
  clock = new FakeClock();
  leader = true;
  counts = new Map();
  const count = (_counter: string, labels: Readonly<Record<string, string>>): void => {
    const outcome = labels['outcome'] ?? '';
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  };
  writer = new StatusWriter({ api, mayWrite: () => leader, clock, logger: silentLogger, count });
});

function target(name = 'a'): StatusTarget {
  if (api.stored(RESOURCES.modelProviders, { namespace: 'ns', name }) === undefined) {
    api.put(RESOURCES.modelProviders, { metadata: { namespace: 'ns', name, uid: `uid-${name}` } });
  }
  return { resource: RESOURCES.modelProviders, namespace: 'ns', name, uid: `uid-${name}` };
}

function status(requests: number, ready: 'True' | 'False' = 'True'): object {
  const conditions = [{ type: 'Ready', status: ready, reason: ready === 'True' ? 'Ready' : 'NotAccepted', observedGeneration: 1 }];
  return { observedGeneration: 1, conditions, summary: { requests } };
}

function onServer(name = 'a'): unknown {
  const stored: (KubeObject & { readonly status?: unknown }) | undefined = api.stored(RESOURCES.modelProviders, { namespace: 'ns', name });
  return stored?.status;
}

/** A want that follows another must wait for the first to have been written. */
async function written(value: object): Promise<void> {
  writer.want(target(), value, undefined);
  await clock.advance(0);
  expect(onServer()).toEqual(value);
  api.calls.length = 0;
}

describe('what is written', () => {
  test('the first status of an object goes out at once', () => written(status(1)));

  test('a status that the object holds already is not written, not even by a new leader', async () => {
    writer.want(target(), status(1), status(1));
    await clock.advance(60_000);
    expect(api.calls).toEqual([]);
    expect(counts.get('equal')).toBe(1);
  });

  test('numbers wait until ten seconds have passed, and then the newest are written', async () => {
    await written(status(1));
    for (let i = 2; i < 100; i++) {
      writer.want(target(), status(i), undefined);
      await clock.advance(100);
    }
    expect(api.calls).toEqual([]);
    await clock.advance(200);
    expect(api.calls).toHaveLength(1);
    expect(onServer()).toEqual(status(99));
  });

  test('numbers that return to what is written cost nothing', async () => {
    await written(status(1));
    writer.want(target(), status(2), undefined);
    writer.want(target(), status(1), undefined);
    await clock.advance(60_000);
    expect(api.calls).toEqual([]);
  });

  test('a condition that flips is written at once, with the numbers of the moment', async () => {
    await written(status(1));
    writer.want(target(), status(2), undefined);
    await clock.advance(1_000);
    writer.want(target(), status(3, 'False'), undefined);
    await clock.advance(0);
    expect(onServer()).toEqual(status(3, 'False'));
    expect(api.calls).toHaveLength(1);
  });

  test('a condition that flaps is slowed to one write per ten seconds', async () => {
    await written(status(1));
    for (let i = 0; i < 600; i++) {
      writer.want(target(), status(1, i % 2 === 0 ? 'False' : 'True'), undefined);
      await clock.advance(100);
    }
    expect(api.calls.length).toBeLessThanOrEqual(3 + 6 + 1);
  });
});

describe('load', () => {
  test('60 objects whose numbers change every second for a minute cost at most 5 writes a second and one per object in 10 s', async () => {
    const targets = Array.from({ length: 60 }, (_, i) => target(`p${i}`));
    for (const object of targets) writer.want(object, status(0), undefined);
    await clock.advance(1_000);
    expect(api.calls).toHaveLength(60);
    api.calls.length = 0;
    const lastMs = new Map<string, number>();
    const gapsMs: number[] = [];
    api.beforeAnswer = () => {
      const call = api.calls.at(-1) ?? '';
      gapsMs.push(clock.monotonic() - (lastMs.get(call) ?? Number.NEGATIVE_INFINITY));
      lastMs.set(call, clock.monotonic());
    };
    for (let tick = 1; tick <= 60; tick++) {
      for (const object of targets) writer.want(object, status(tick), undefined);
      await clock.advance(1_000);
    }
    expect(api.calls.length).toBeGreaterThan(200);
    expect(api.calls.length).toBeLessThanOrEqual(5 * 60 + 5);
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(10_000);
  });

  test('conditions that all flip at once do not use up the places of the numbers behind them', async () => {
    const targets = Array.from({ length: 200 }, (_, i) => target(`p${i}`));
    const wantAll = (wanted: object): void => {
      for (const object of targets) writer.want(object, wanted, undefined);
    };
    wantAll(status(0));
    await clock.advance(11_000);
    wantAll(status(1));
    await clock.advance(1_000);
    wantAll(status(2, 'False'));
    await clock.advance(1_000);
    api.calls.length = 0;
    for (let tick = 1; tick <= 30; tick++) {
      wantAll(status(10 + tick, 'False'));
      await clock.advance(1_000);
    }
    expect(api.calls.length).toBeGreaterThan(90);
    expect(api.calls.length).toBeLessThanOrEqual(5 * 30 + 5);
  });

  test('places that nobody used are not used up together later', async () => {
    const targets = Array.from({ length: 100 }, (_, i) => target(`p${i}`));
    const wantAll = (wanted: object): void => {
      for (const object of targets) writer.want(object, wanted, undefined);
    };
    wantAll(status(0));
    await clock.advance(11_000);
    wantAll(status(1));
    await clock.advance(100);
    wantAll(status(0));
    await clock.advance(60_000);
    api.calls.length = 0;
    wantAll(status(2));
    await clock.advance(1_000);
    expect(api.calls.length).toBeGreaterThan(0);
    expect(api.calls.length).toBeLessThanOrEqual(5 + 5);
  });

  test('one write per object is in flight, and what came meanwhile is written after it', async () => {
    let letGo = (): void => undefined;
    api.beforeAnswer = () =>
      new Promise((resolve) => {
        letGo = resolve;
      });
    writer.want(target(), status(1), undefined);
    await clock.advance(0);
    writer.want(target(), status(2, 'False'), undefined);
    await clock.advance(30_000);
    expect(api.calls).toHaveLength(1);
    api.beforeAnswer = () => undefined;
    letGo();
    await clock.advance(0);
    expect(onServer()).toEqual(status(2, 'False'));
  });
});

describe('leadership', () => {
  test('is asked for before every write, also one that waited', async () => {
    await written(status(1));
    writer.want(target(), status(2), undefined);
    leader = false;
    await clock.advance(60_000);
    expect(api.calls).toEqual([]);
    expect(counts.get('not_leader')).toBe(1);
  });

  test('that returns compares afresh with what another leader has written', async () => {
    await written(status(1));
    writer.reset();
    writer.want(target(), status(1), status(7));
    await clock.advance(0);
    expect(api.calls).toHaveLength(1);
  });
});

describe('failures', () => {
  test('are tried again with back-off and without regard to how often the status is wanted meanwhile', async () => {
    for (let i = 0; i < 4; i++) api.failures.push(failed(500, 'InternalError').error);
    for (let i = 0; i < 100; i++) {
      writer.want(target(), status(i), undefined);
      await clock.advance(100);
    }
    expect(api.calls).toHaveLength(5);
    expect(counts.get('ok')).toBe(1);
  });

  test('with Retry-After wait as long as they were told', async () => {
    api.failures.push({ ...failed(429, 'TooManyRequests').error, retryAfterMs: 20_000 });
    writer.want(target(), status(1), undefined);
    await clock.advance(19_000);
    expect(api.calls).toHaveLength(1);
    await clock.advance(1_000);
    expect(onServer()).toEqual(status(1));
  });

  test('404 ends it: the object is gone', async () => {
    const gone = target();
    await api.delete(RESOURCES.modelProviders, gone);
    api.calls.length = 0;
    writer.want(gone, status(1), undefined);
    await clock.advance(600_000);
    expect(api.calls).toHaveLength(1);
    expect(counts.get('gone')).toBe(1);
  });

  test('a conflict is tried again a few times, then left to the next status', async () => {
    for (let i = 0; i < 20; i++) api.failures.push(failed(409, 'Conflict').error);
    writer.want(target(), status(1), undefined);
    await clock.advance(600_000);
    expect(api.calls).toHaveLength(5);
    expect(counts.get('refused')).toBe(1);
  });

  test('an unanswered write may have been made, so returning to the status before it is written too', async () => {
    await written(status(1));
    api.failures.push(failed(0, 'Timeout').error);
    writer.want(target(), status(2, 'False'), undefined);
    await clock.advance(0);
    writer.want(target(), status(1), undefined);
    await clock.advance(60_000);
    expect(api.calls.length).toBe(2);
    expect(onServer()).toEqual(status(1));
  });

  test('a new object under the same name begins anew', async () => {
    await written(status(1));
    recreate('another');
    writer.want({ ...target(), uid: 'another' }, status(1), undefined);
    await clock.advance(0);
    expect(onServer()).toEqual(status(1));
  });

  test('a status that lands on the successor of its object is put right when the successor is wanted', async () => {
    recreate('another');
    writer.want(target(), status(7), undefined);
    await clock.advance(0);
    expect(counts.get('gone')).toBe(1);
    writer.want({ ...target(), uid: 'another' }, status(1), undefined);
    await clock.advance(0);
    expect(onServer()).toEqual(status(1));
  });

  test('a successor that is wanted while the write for its predecessor is in flight gets its own status', async () => {
    let letGo = (): void => undefined;
    api.beforeAnswer = () =>
      new Promise((resolve) => {
        letGo = resolve;
      });
    writer.want(target(), status(7), undefined);
    await clock.advance(0);
    recreate('another');
    writer.want({ ...target(), uid: 'another' }, status(1), status(1));
    api.beforeAnswer = () => undefined;
    letGo();
    await clock.advance(0);
    expect(onServer()).toEqual(status(1));
  });
});

function recreate(uid: string): void {
  api.put(RESOURCES.modelProviders, { metadata: { namespace: 'ns', name: 'a', uid } });
}
