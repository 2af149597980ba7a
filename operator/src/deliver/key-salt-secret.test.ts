import { describe, expect, test } from '@jest/globals';
import { FakeKubeApi } from '../support/fake-kube-api.ts';
import { RESOURCES } from '../support/kube-resource.ts';
import { loadKeySalt } from './key-salt-secret.ts';

const REF = { namespace: 'headgate', name: 'headgate-key-salt' };

describe('loadKeySalt', () => {
  test('makes 32 random bytes once, and gives them to every replica from then on', async () => {
    const api = new FakeKubeApi();
    const first = await loadKeySalt(api, 'headgate');
    expect(first).toMatchObject({ type: 'Salt', salt: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await loadKeySalt(api, 'headgate')).toEqual(first);
  });

  test('two replicas that start at once agree', async () => {
    const api = new FakeKubeApi();
    const [first, second] = await Promise.all([loadKeySalt(api, 'headgate'), loadKeySalt(api, 'headgate')]);
    expect(first).toEqual(second);
  });

  test('never replaces a Secret it cannot read: another salt would lock every consumer out', async () => {
    const api = new FakeKubeApi();
    const before = api.put(RESOURCES.secrets, { metadata: REF });
    expect(await loadKeySalt(api, 'headgate')).toMatchObject({ type: 'Unavailable', reason: expect.stringContaining('64 hex digits') });
    expect(api.stored(RESOURCES.secrets, REF)).toBe(before);
  });

  test('says why it cannot be read', async () => {
    const api = new FakeKubeApi();
    api.failures.push({ status: 0, reason: 'ECONNREFUSED', message: 'connect ECONNREFUSED', retryAfterMs: undefined });
    expect(await loadKeySalt(api, 'headgate')).toEqual({ type: 'Unavailable', reason: 'connect ECONNREFUSED' });
  });
});
