import { beforeEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeKubeApi, failed } from '../support/fake-kube-api.ts';
import { RESOURCES } from '../support/kube-resource.ts';
import { silentLogger } from '../support/logger.ts';
import { EventRecorder, type Transition } from './event-recorder.ts';

let api: FakeKubeApi;
let clock: FakeClock;
let leader: boolean;
let recorder: EventRecorder;

beforeEach(() => {
  api = new FakeKubeApi();
  clock = new FakeClock();
  leader = true;
  recorder = new EventRecorder({ api, mayWrite: () => leader, instance: 'pod-1', clock, logger: silentLogger, count: () => undefined });
});

function transition(fields: Partial<Transition> = {}): Transition {
  const subject = { resource: RESOURCES.modelProviders, namespace: 'ns', name: 'openai', uid: 'u' };
  return { ...subject, topic: 'Healthy', type: 'Warning', reason: 'CircuitOpen', note: 'p95 is too high', ...fields };
}

function created(): number {
  return api.calls.filter((call) => call.startsWith('create')).length;
}

function nameOfFirst(): string {
  return api.calls[0]?.split('/')[1] ?? '';
}

describe('transitions', () => {
  test('become an Event about the object, with who reports and why', async () => {
    recorder.record(transition());
    await clock.advance(0);
    expect(api.stored(RESOURCES.events, { namespace: 'ns', name: nameOfFirst() })).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      type: 'Warning',
      reason: 'CircuitOpen',
      action: 'Healthy',
      note: 'p95 is too high',
      reportingController: 'headgate.dev/operator',
      reportingInstance: 'pod-1',
      regarding: { kind: 'ModelProvider', namespace: 'ns', name: 'openai', uid: 'u' },
    });
  });

  test('are the only thing that does: the same reason again is no news', async () => {
    for (let i = 0; i < 100; i++) {
      recorder.record(transition({ note: `attempt ${i}` }));
      await clock.advance(1_000);
    }
    expect(api.calls).toHaveLength(1);
  });

  test('from what was found at the start are news, the start itself is not', async () => {
    recorder.seed(transition());
    recorder.record(transition());
    recorder.record(transition({ reason: 'Healthy', type: 'Normal' }));
    await clock.advance(0);
    expect(api.calls).toHaveLength(1);
  });

  test('on different topics do not hide each other', async () => {
    recorder.record(transition({ topic: 'Accepted', reason: 'Invalid' }));
    recorder.record(transition({ topic: 'Ready', reason: 'Invalid' }));
    await clock.advance(0);
    expect(created()).toBe(2);
  });
});

describe('repeats', () => {
  test('are counted on the Event that exists, at most every ten seconds', async () => {
    for (let i = 0; i < 60; i++) {
      recorder.record(transition());
      recorder.record(transition({ reason: 'Healthy', type: 'Normal' }));
      await clock.advance(1_000);
    }
    await clock.advance(10_000);
    expect(created()).toBe(2);
    expect(api.calls.length).toBeLessThanOrEqual(2 + 2 * 8);
    expect(api.stored(RESOURCES.events, { namespace: 'ns', name: nameOfFirst() })).toMatchObject({ series: { count: 60 } });
  });

  test('after ten minutes of quiet are a new Event', async () => {
    recorder.record(transition());
    await clock.advance(600_000);
    recorder.record(transition({ reason: 'Healthy' }));
    recorder.record(transition());
    await clock.advance(0);
    expect(created()).toBe(3);
  });
});

describe('bounds', () => {
  test('an object with ever new messages gets 25 Events, then one per five minutes', async () => {
    for (let i = 0; i < 500; i++) {
      recorder.record(transition({ reason: `Reason${i}` }));
      await clock.advance(1_000);
    }
    expect(created()).toBe(26);
  });

  test('a note is cut to what the API takes, between characters', async () => {
    recorder.record(transition({ note: 'ü'.repeat(2_000) }));
    await clock.advance(0);
    const event = api.stored(RESOURCES.events, { namespace: 'ns', name: nameOfFirst() }) as { readonly note?: string } | undefined;
    expect(Buffer.byteLength(event?.note ?? '')).toBeLessThanOrEqual(1_024);
    expect(event?.note).toMatch(/^ü+…$/);
  });

  test('a server that refuses is not asked for ever', async () => {
    for (let i = 0; i < 50; i++) api.failures.push(failed(500, 'InternalError').error);
    recorder.record(transition());
    await clock.advance(3_600_000);
    expect(api.calls.length).toBeLessThanOrEqual(6);
  });

  test('who does not lead writes nothing', async () => {
    leader = false;
    recorder.record(transition());
    await clock.advance(0);
    expect(api.calls).toEqual([]);
  });
});
