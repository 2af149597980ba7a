import type { PolicyAccess, PolicyResource, ResourceBody } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { resolvePolicy } from './resolve-policy.ts';
import { callerOf, sampleSnapshot } from './sample-snapshot.ts';
import { sampleConsumer, samplePolicy } from './sample-table.ts';
import type { Snapshot } from './snapshot.ts';

const ALL: PolicyAccess = { from: 'All', matchLabels: {}, namespaces: [], anonymous: false };

function policy(id: string, fields: Partial<PolicyResource> = {}): PolicyResource {
  const [namespace = '', name = ''] = id.split('/');
  return samplePolicy(name, [], { namespace, ...fields });
}

function snapshotOf(...policies: readonly ResourceBody[]): Snapshot {
  const gold = sampleConsumer('gold', { labels: { tier: 'gold' } });
  return sampleSnapshot([sampleConsumer('app'), sampleConsumer('stranger', { namespace: 'elsewhere' }), gold, ...policies]);
}

function resolve(snapshot: Snapshot, caller: string, model: string): string {
  const who = caller === 'anonymous' ? ({ type: 'anonymous' } as const) : callerOf(snapshot, caller);
  const resolution = resolvePolicy(snapshot, who, model);
  return resolution.type === 'found' ? resolution.policy.id : resolution.type;
}

describe('resolvePolicy', () => {
  test('a consumer reaches the policies of its own namespace by name', () => {
    expect(resolve(snapshotOf(policy('team/assistant')), 'app', 'assistant')).toBe('team/assistant');
  });

  test('the caller’s own namespace comes before shared policies, even when those are older and exact', () => {
    const snapshot = snapshotOf(
      policy('shared/assistant', { access: ALL, createdAt: '2020-01-01T00:00:00Z' }),
      policy('team/any', { models: [{ type: 'Prefix', prefix: '' }] }),
    );
    expect(resolve(snapshot, 'app', 'assistant')).toBe('team/any');
    expect(resolve(snapshot, 'elsewhere/stranger', 'assistant')).toBe('shared/assistant');
  });

  test('policies of other namespaces are invisible unless shared: not found, not forbidden', () => {
    const snapshot = snapshotOf(policy('other/assistant'));
    expect(resolve(snapshot, 'app', 'assistant')).toBe('not-found');
    expect(resolve(snapshot, 'app', 'other/assistant')).toBe('not-found');
  });

  test('the explicit form names the namespace of a shared policy', () => {
    const snapshot = snapshotOf(
      policy('a/assistant', { access: ALL, createdAt: '2020-01-01T00:00:00Z' }),
      policy('b/assistant', { access: ALL, createdAt: '2021-01-01T00:00:00Z' }),
    );
    expect(resolve(snapshot, 'app', 'assistant')).toBe('a/assistant');
    expect(resolve(snapshot, 'app', 'b/assistant')).toBe('b/assistant');
  });

  test('nobody takes over a name with a slash by creating a namespace of that name', () => {
    const own = policy('team/openai', { models: [{ type: 'Prefix', prefix: 'openai/' }] });
    const squatter = policy('openai/gpt-4o', { access: ALL });
    expect(resolve(snapshotOf(own, squatter), 'app', 'openai/gpt-4o')).toBe('team/openai');
  });

  test('Selector admits consumers that carry every label, from any namespace', () => {
    const access: PolicyAccess = { from: 'Selector', matchLabels: { tier: 'gold' }, namespaces: [], anonymous: false };
    const snapshot = snapshotOf(policy('shared/premium', { access }));
    expect(resolve(snapshot, 'gold', 'premium')).toBe('shared/premium');
    expect(resolve(snapshot, 'app', 'premium')).toBe('not-found');
  });

  test('a policy of the own namespace that does not admit the caller is forbidden, and says so', () => {
    const access: PolicyAccess = { from: 'Selector', matchLabels: { tier: 'gold' }, namespaces: [], anonymous: false };
    const snapshot = snapshotOf(policy('team/premium', { access }));
    expect(resolve(snapshot, 'gold', 'premium')).toBe('team/premium');
    expect(resolve(snapshot, 'app', 'premium')).toBe('not-allowed');
  });

  test('labels that are properties of every object match nothing', () => {
    const access: PolicyAccess = { from: 'Selector', matchLabels: { constructor: 'x' }, namespaces: [], anonymous: false };
    expect(resolve(snapshotOf(policy('shared/m', { access })), 'app', 'm')).toBe('not-found');
  });

  test('callers without a key reach only policies that say anonymous', () => {
    const open: PolicyAccess = { ...ALL, from: 'Same', namespaces: ['demo'], anonymous: true };
    const snapshot = snapshotOf(policy('demo/free', { access: open }), policy('shared/paid', { access: ALL }));
    expect(resolve(snapshot, 'anonymous', 'free')).toBe('demo/free');
    expect(resolve(snapshot, 'anonymous', 'demo/free')).toBe('demo/free');
    expect(resolve(snapshot, 'anonymous', 'paid')).toBe('not-found');
    expect(resolve(snapshot, 'anonymous', 'shared/paid')).toBe('not-found');
    // Anonymous access opens nothing to consumers of other namespaces.
    expect(resolve(snapshot, 'app', 'free')).toBe('not-found');
  });

  test.each(['', '/', 'a/', '/a', '__proto__', 'constructor', 'x'.repeat(10_000)])('odd names are just not found: %j', (model) => {
    expect(resolve(snapshotOf(policy('team/assistant')), 'app', model.slice(0, 300))).toBe('not-found');
  });
});
