import type { PolicyAccess } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { listModels } from './list-models.ts';
import { callerOf, sampleSnapshot } from './sample-snapshot.ts';
import { sampleConsumer, samplePolicy } from './sample-table.ts';

const ALL: PolicyAccess = { from: 'All', matchLabels: {}, namespaces: [], anonymous: false };
const GOLD: PolicyAccess = { from: 'Selector', matchLabels: { tier: 'gold' }, namespaces: [], anonymous: false };
const OPEN: PolicyAccess = { from: 'Same', matchLabels: {}, namespaces: ['demo'], anonymous: true };

const snapshot = sampleSnapshot([
  samplePolicy('own', [], {
    models: [
      { type: 'Exact', name: 'b' },
      { type: 'Exact', name: 'a' },
      { type: 'Prefix', prefix: 'x/' },
    ],
  }),
  samplePolicy('shared', [], {
    namespace: 'platform',
    access: ALL,
    models: [
      { type: 'Exact', name: 'a' },
      { type: 'Exact', name: 'c' },
    ],
  }),
  samplePolicy('gold', [], { namespace: 'platform', access: GOLD, models: [{ type: 'Exact', name: 'g' }] }),
  samplePolicy('private', [], { namespace: 'other', models: [{ type: 'Exact', name: 'secret' }] }),
  samplePolicy('free', [], { namespace: 'demo', access: OPEN, models: [{ type: 'Exact', name: 'f' }] }),
  sampleConsumer('app'),
  sampleConsumer('gold', { labels: { tier: 'gold' } }),
  sampleConsumer('narrow', {
    models: [
      { type: 'Exact', name: 'c' },
      { type: 'Prefix', prefix: 'b' },
    ],
  }),
]);

function listed(caller: string): readonly (readonly [string, string])[] {
  const who = caller === 'anonymous' ? ({ type: 'anonymous' } as const) : callerOf(snapshot, caller);
  return listModels(snapshot, who).map(({ name, policy }) => [name, policy.id] as const);
}

describe('listModels', () => {
  test('own and shared names, sorted, each with the policy that would answer', () => {
    expect(listed('app')).toEqual([
      ['a', 'team/own'],
      ['b', 'team/own'],
      ['c', 'platform/shared'],
    ]);
  });

  test('what a selector opens to the caller is listed, for others it is not', () => {
    expect(listed('gold').map(([name]) => name)).toEqual(['a', 'b', 'c', 'g']);
  });

  test('the consumer’s own list narrows it', () => {
    expect(listed('narrow').map(([name]) => name)).toEqual(['b', 'c']);
  });

  test('callers without a key see what is open to them and nothing else', () => {
    expect(listed('anonymous')).toEqual([['f', 'demo/free']]);
  });

  test('tells when the policy was created', () => {
    expect(listModels(snapshot, callerOf(snapshot, 'app'))[0]?.createdSeconds).toBe(Date.parse('2026-01-01T00:00:00Z') / 1000);
  });
});
