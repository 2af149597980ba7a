import type { PolicyAccess } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { callerOf, sampleSnapshot } from '../snapshot/sample-snapshot.ts';
import { sampleConsumer, samplePolicy, sampleProvider, sampleRule, sampleTarget } from '../snapshot/sample-table.ts';
import { admitProvider } from './admit-provider.ts';

const GOLD: PolicyAccess = { from: 'Selector', matchLabels: { tier: 'gold' }, namespaces: [], anonymous: false };
const OPEN: PolicyAccess = { from: 'Same', matchLabels: {}, namespaces: ['team'], anonymous: true };
const rule = (provider: string): ReturnType<typeof sampleRule> => sampleRule([sampleTarget(provider, 'm')]);

const snapshot = sampleSnapshot([
  sampleProvider('own'),
  sampleProvider('shared'),
  sampleProvider('free'),
  sampleProvider('idle'),
  samplePolicy('assistant', [rule('own')]),
  samplePolicy('premium', [rule('shared')], { access: GOLD }),
  samplePolicy('free', [rule('free')], { access: OPEN }),
  sampleConsumer('app'),
  sampleConsumer('narrow', { models: [{ type: 'Exact', name: 'assistant' }] }),
  sampleConsumer('gold', { namespace: 'elsewhere', labels: { tier: 'gold' } }),
]);

describe('admitProvider', () => {
  test.each([
    ['app', 'team/own', 'admitted'],
    ['app', 'team/free', 'admitted'],
    ['app', 'team/shared', 'model_not_allowed'],
    ['app', 'team/idle', 'model_not_allowed'],
    ['app', 'team/nowhere', 'model_not_allowed'],
    ['elsewhere/gold', 'team/shared', 'admitted'],
    ['elsewhere/gold', 'team/own', 'model_not_allowed'],
    ['narrow', 'team/own', 'model_not_allowed'],
  ])('%s at %s: %s', (caller, provider, expected) => {
    const admission = admitProvider(snapshot, callerOf(snapshot, caller), provider);
    expect(admission.type === 'admitted' ? admission.type : admission.error.code).toBe(expected);
  });

  test('nobody keeps anything without a key, also where calls need none', () => {
    expect(admitProvider(snapshot, { type: 'anonymous' }, 'team/free').type).toBe('refused');
  });
});
