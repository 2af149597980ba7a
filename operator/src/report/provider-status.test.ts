import type { ModelProvider, ModelProviderStatus, ReportFrame } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import type { ObjectDiagnostics } from '../compile/compilation.ts';
import type { ProviderOffer } from '../compile/provider-offer.ts';
import { consumerStatus } from './consumer-status.ts';
import { Observations } from './observations.ts';
import { policyStatus } from './policy-status.ts';
import { providerStatus } from './provider-status.ts';

const NOON = Date.UTC(2026, 5, 1, 12);
const KEY = 'provider/team-a/openai';
const POLICY = 'policy/team-a/assistant';
const OBJECT: ModelProvider = {
  apiVersion: 'headgate.dev/v1alpha1',
  kind: 'ModelProvider',
  metadata: { namespace: 'team-a', name: 'openai', generation: 2 },
  spec: { type: 'OpenAI', credentials: [{ name: 'main', secretRef: { name: 'openai', key: 'apiKey' } }] },
};
const DIAGNOSTICS: ObjectDiagnostics = {
  key: KEY,
  generation: 2,
  accepted: { status: 'True', reason: 'Accepted', message: 'fine' },
  resolvedRefs: { status: 'True', reason: 'ResolvedRefs', message: 'fine' },
};
const OFFER: ProviderOffer = {
  find: (name) => ({ name, capabilities: [], pricing: { inputNanoUsd: 1, outputNanoUsd: 1 } }),
  refusesUnpriced: false,
  discovery: undefined,
};
const PROGRAMMING = { revision: 7, applied: 2, total: 2, rejected: [] };

function observe(requests: number): Observations {
  const observations = new Observations();
  const counts = {
    requests,
    failures: 0,
    inputTokens: 1000,
    cachedInputTokens: 415,
    outputTokens: 500,
    costNanoUsd: 3_500_000,
    unpricedRequests: 0,
    ttft: { '30': requests },
    generationMs: 6600,
    streamedOutputTokens: 330,
  };
  const model = { ...counts, model: 'gpt-4o-mini', inFlight: 2, endpoints: { closed: 1, open: 0, halfOpen: 0 }, failureReasons: {} };
  const rule = {
    ...counts,
    name: 'main',
    targets: [
      { target: 'team-a/openai/gpt-4o-mini', requests: 5 },
      { target: 'team-a/other/x', requests: 3 },
    ],
  };
  const report: ReportFrame = {
    type: 'report',
    proxyId: 'p1',
    epoch: 1,
    sequence: 1,
    windowMs: 2000,
    providers: [{ key: KEY, models: [model], credentials: [{ name: 'main', state: 'Active' }] }],
    policies: [{ key: POLICY, rules: [rule] }],
  };
  observations.merge(report, NOON);
  return observations;
}

function status(requests: number, previous?: ModelProviderStatus): ModelProviderStatus {
  const observation = observe(requests).provider(KEY, NOON);
  return providerStatus({
    object: OBJECT,
    body: undefined,
    offer: OFFER,
    listingError: undefined,
    diagnostics: DIAGNOSTICS,
    programming: PROGRAMMING,
    observation,
    previous,
    nowMs: NOON,
  });
}

test('a provider shows its models, keys and columns', () => {
  expect(status(8)).toMatchObject({
    observedGeneration: 2,
    dataplane: { revision: 7, applied: 2, total: 2 },
    window: '60s',
    models: [
      {
        name: 'gpt-4o-mini',
        state: 'Healthy',
        requests: 8,
        successPercent: '100.0',
        p50TtftMs: 730,
        p95TtftMs: 800,
        outputTokensPerSecond: 50,
        inFlight: 2,
        tokensToday: 1500,
        spendTodayUsd: '0.0035',
        cachedTokenPercent: '41.5',
        priced: true,
      },
    ],
    credentials: [{ name: 'main', state: 'Active' }],
    summary: { p95TtftMs: 800, successPercent: '100.0', spendTodayUsd: '0.0035', programmed: '2/2' },
  });
});

test('traffic that is about the same gives the very same status', () => {
  const first = status(100);
  expect(status(104, first)).toEqual(first);
  expect(status(120, first).models?.[0]?.requests).toBe(120);
});

test('a provider without traffic shows no figures it does not have', () => {
  const observation = new Observations().provider(KEY, NOON);
  const { models, summary, conditions } = providerStatus({
    object: OBJECT,
    body: undefined,
    offer: OFFER,
    listingError: undefined,
    diagnostics: DIAGNOSTICS,
    programming: PROGRAMMING,
    observation,
    previous: undefined,
    nowMs: NOON,
  });
  expect({ models, summary }).toEqual({ models: [], summary: { programmed: '2/2' } });
  expect(conditions?.find(({ type }) => type === 'Healthy')).toMatchObject({ status: 'Unknown', reason: 'NoTraffic' });
});

test('a policy shows where the requests of each rule went', () => {
  const observation = observe(8).policy(POLICY, NOON);
  const object = {
    apiVersion: 'headgate.dev/v1alpha1',
    kind: 'RoutePolicy',
    metadata: { name: 'assistant' },
    spec: { models: ['assistant', 'team/*'], rules: [] },
  } as const;
  expect(
    policyStatus({ object, diagnostics: DIAGNOSTICS, programming: PROGRAMMING, observation, previous: undefined, nowMs: NOON }),
  ).toMatchObject({
    window: '60s',
    rules: [
      {
        name: 'main',
        requests: 8,
        targets: [
          { target: 'team-a/openai/gpt-4o-mini', sharePercent: '62.5' },
          { target: 'team-a/other/x', sharePercent: '37.5' },
        ],
      },
    ],
    summary: { models: 'assistant,team/*', requests: 8, successPercent: '100.0', programmed: '2/2' },
  });
});

test('a consumer shows its conditions and who holds it', () => {
  const { conditions, summary } = consumerStatus({ diagnostics: DIAGNOSTICS, programming: PROGRAMMING, previous: undefined, nowMs: NOON });
  expect(conditions?.map(({ type }) => type)).toEqual(['Accepted', 'ResolvedRefs', 'Programmed', 'Ready']);
  expect(conditions?.[0]?.lastTransitionTime).toBe('2026-06-01T12:00:00Z');
  expect(summary).toEqual({ programmed: '2/2' });
});

describe('what a provider lists', () => {
  const discovering = (names: readonly string[] | undefined): ProviderOffer => ({
    ...OFFER,
    discovery: { names: () => names, missing: () => undefined },
  });
  const shown = (offer: ProviderOffer, more: { readonly listingError?: string; readonly previous?: ModelProviderStatus } = {}) => {
    const observation = new Observations().provider(KEY, NOON);
    const fixed = { object: OBJECT, body: undefined, diagnostics: DIAGNOSTICS, programming: PROGRAMMING, nowMs: NOON };
    return providerStatus({ ...fixed, observation, offer, listingError: undefined, previous: undefined, ...more });
  };

  test('is shown with its first names', () => {
    const names = Array.from({ length: 201 }, (_, i) => `m${String(i).padStart(3, '0')}`);
    expect(shown(discovering(names)).discovery).toEqual({ models: 201, names: names.slice(0, 200) });
    expect(shown(discovering([])).discovery).toEqual({ models: 0, names: [] });
  });

  test('is not shown where nobody asks, or before anybody has told', () => {
    expect(shown(OFFER, { listingError: 'x' })).not.toHaveProperty('discovery');
    expect(shown(discovering(undefined))).not.toHaveProperty('discovery');
  });

  test('stays as it was until the proxies have told a new leader', () => {
    const previous = shown(discovering(['a', 'b']));
    expect(shown(discovering(undefined), { previous }).discovery).toEqual({ models: 2, names: ['a', 'b'] });
    expect(shown(OFFER, { previous })).not.toHaveProperty('discovery');
  });

  test('shows why it cannot be read, shortened, without making the provider unready', () => {
    const status = shown(discovering(undefined), { listingError: 'x'.repeat(2000) });
    expect(status.discovery).toEqual({ error: 'x'.repeat(1024) });
    expect(status.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  });
});
