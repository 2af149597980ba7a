import type { Condition, ModelProvider } from '@headgate/crds';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { countNothing } from '../support/counters.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeKubeApi } from '../support/fake-kube-api.ts';
import { RESOURCES } from '../support/kube-resource.ts';
import { silentLogger } from '../support/logger.ts';
import { EventRecorder } from './event-recorder.ts';
import { KubernetesStatusSink } from './kubernetes-status-sink.ts';
import { StatusWriter } from './status-writer.ts';

const METADATA = { namespace: 'default', name: 'a', uid: 'u', generation: 1 };
const condition = (type: string, status: 'True' | 'False', reason: string): Condition => ({
  type,
  status,
  reason,
  message: `${type} is ${reason}`,
  lastTransitionTime: '2026-01-01T00:00:00Z',
  observedGeneration: 1,
});

describe('KubernetesStatusSink', () => {
  let api: FakeKubeApi;
  let clock: FakeClock;
  let sink: KubernetesStatusSink;
  beforeEach(() => {
    api = new FakeKubeApi();
    clock = new FakeClock();
    const writing = { api, mayWrite: () => true, clock, logger: silentLogger, count: countNothing };
    sink = new KubernetesStatusSink(new StatusWriter(writing), new EventRecorder({ ...writing, instance: 'op' }));
    api.put(RESOURCES.modelProviders, { metadata: METADATA });
  });

  const want = async (...conditions: readonly Condition[]): Promise<void> => {
    const object: ModelProvider = {
      apiVersion: 'headgate.dev/v1alpha1',
      kind: 'ModelProvider',
      metadata: METADATA,
      spec: { type: 'OpenAI' },
    };
    sink.want({ key: 'provider/default/a', kind: 'ModelProvider', object, status: { observedGeneration: 1, conditions } });
    await clock.advance(1);
  };
  const events = (): number => api.calls.filter((call) => call.startsWith('create events')).length;

  test('writes the status of the object', async () => {
    await want(condition('Accepted', 'True', 'Accepted'));
    expect(api.stored(RESOURCES.modelProviders, METADATA)).toMatchObject({ status: { conditions: [{ reason: 'Accepted' }] } });
  });

  test('makes Events of turns only: not of a good start, not of passing states, not of the summary', async () => {
    await want(
      condition('Accepted', 'True', 'Accepted'),
      condition('Programmed', 'False', 'Pending'),
      condition('Ready', 'False', 'NotProgrammed'),
    );
    expect(events()).toBe(0);
    await want(
      condition('Accepted', 'False', 'Invalid'),
      condition('Programmed', 'False', 'Pending'),
      condition('Ready', 'False', 'NotAccepted'),
    );
    expect(events()).toBe(1);
    await want(condition('Accepted', 'False', 'Invalid'), condition('Programmed', 'False', 'PartiallyProgrammed'));
    expect(events()).toBe(1);
    await want(condition('Accepted', 'True', 'Accepted'), condition('Programmed', 'True', 'Programmed'));
    expect(events()).toBe(3);
  });

  test('says at once what is wrong with a new object', async () => {
    await want(condition('ResolvedRefs', 'False', 'SecretNotFound'));
    expect(events()).toBe(1);
  });
});
