import { describe, expect, test } from '@jest/globals';
import { sampleProvider } from './sample-table.ts';
import { SignalStore } from './signal-store.ts';

const settings = sampleProvider('p').circuitBreaker;
const oldKey = { name: 'main', secret: 'old', weight: 1 };
const newKey = { ...oldKey, secret: 'new' };

describe('SignalStore', () => {
  test('the same id has the same signals, with the newest breaker settings', () => {
    const store = new SignalStore(() => 0.5);
    const credential = store.credential('team/p/main', oldKey);
    const first = store.endpoint('e', credential, settings);
    first.inFlight = 7;
    const second = store.endpoint('e', store.credential('team/p/main', oldKey), { ...settings, consecutiveFailures: 1 });
    expect(second).toBe(first);
    second.breaker.onFailure(0);
    expect(second.breaker.state).toBe('open');
  });

  test('a rotated key starts clean; what is known of the address stays', () => {
    const store = new SignalStore(() => 0.5);
    const before = store.credential('team/p/main', oldKey);
    before.state = 'Rejected';
    before.untilMs = 1e9;
    const endpoint = store.endpoint('e', before, settings);
    endpoint.ttftEwmaMs = 321;
    const after = store.credential('team/p/main', newKey);
    expect(after).toEqual({ state: 'Active', untilMs: 0, waitTold: false });
    const renewed = store.endpoint('e', after, settings);
    expect(renewed.breaker).toBe(endpoint.breaker);
    expect(renewed.ttftEwmaMs).toBe(321);
    // An attempt that still runs with the old key ends there.
    before.state = 'Rejected';
    expect(renewed.credential.state).toBe('Active');
  });

  test('forgets exactly what left the table', () => {
    const store = new SignalStore(() => 0.5);
    const kept = store.credential('kept', oldKey);
    const gone = store.credential('gone', oldKey);
    const keptEndpoint = store.endpoint('kept', kept, settings);
    store.endpoint('gone', gone, settings);
    const budget = store.retryBudget('policy/team/kept');
    const goneBudget = store.retryBudget('policy/team/gone');
    store.collect({
      endpointIds: new Set(['kept']),
      credentialKeys: new Set(['kept']),
      policyKeys: new Set(['policy/team/kept']),
    });
    expect(store.endpointCount).toBe(1);
    expect(store.credentialCount).toBe(1);
    expect(store.endpoint('kept', store.credential('kept', oldKey), settings)).toBe(keptEndpoint);
    expect(store.retryBudget('policy/team/kept')).toBe(budget);
    expect(store.retryBudget('policy/team/gone')).not.toBe(goneBudget);
  });
});
