import type { Condition, ModelProvider } from '@headgate/crds';
import { expect, test } from '@jest/globals';
import { ConsoleStatusSink } from './console-status-sink.ts';
import type { ObjectStatus } from './status-sink.ts';

const object: ModelProvider = {
  apiVersion: 'headgate.dev/v1alpha1',
  kind: 'ModelProvider',
  metadata: { name: 'openai', namespace: 'team-a' },
  spec: { type: 'OpenAI' },
};

function status(type: string, value: 'True' | 'False', reason: string): ObjectStatus {
  const condition: Condition = { type, status: value, reason, message: 'why', lastTransitionTime: '2026-01-01T00:00:00Z' };
  return { key: 'provider/team-a/openai', kind: 'ModelProvider', object, status: { conditions: [condition] } };
}

function sinkWithLines(): { readonly sink: ConsoleStatusSink; readonly lines: string[]; readonly handedOn: ObjectStatus[] } {
  const lines: string[] = [];
  const handedOn: ObjectStatus[] = [];
  const next = { want: (one: ObjectStatus) => void handedOn.push(one), forget: () => {}, clear: () => {}, stop: () => Promise.resolve() };
  const sink = new ConsoleStatusSink(next, {
    info: (_, line) => void lines.push(`info ${line}`),
    warn: (_, line) => void lines.push(`warn ${line}`),
  });
  return { sink, lines, handedOn };
}

test('says once what is wrong with an object, and once that it is well again', () => {
  const { sink, lines, handedOn } = sinkWithLines();
  for (const value of ['False', 'False'] as const) sink.want(status('ResolvedRefs', value, 'SecretNotFound'));
  sink.want(status('ResolvedRefs', 'True', 'ResolvedRefs'));
  expect(lines).toEqual([
    'warn ModelProvider team-a/openai: ResolvedRefs=False SecretNotFound: why',
    'info ModelProvider team-a/openai: ResolvedRefs=True ResolvedRefs: why',
  ]);
  expect(handedOn).toHaveLength(3);
});

test('says nothing of new objects that are fine, of passing states, nor of proxies that are still to come', () => {
  const { sink, lines } = sinkWithLines();
  sink.want(status('Accepted', 'True', 'Accepted'));
  sink.want(status('Programmed', 'False', 'Pending'));
  sink.want(status('Programmed', 'False', 'NoProxies'));
  sink.want(status('Programmed', 'True', 'Programmed'));
  expect(lines).toEqual([]);
});
