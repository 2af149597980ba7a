import {
  latencyBucket,
  type ModelReport,
  type PolicyReport,
  type ProviderReport,
  type ReportFrame,
  type TrafficCounts,
} from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Observations } from './observations.ts';

const KEY = 'provider/team-a/openai';
const POLICY = 'policy/team-a/assistant';
/** Noon UTC, on a slot boundary. */
const NOON = Date.UTC(2026, 5, 1, 12);

const COUNTS: TrafficCounts = {
  requests: 1,
  failures: 0,
  inputTokens: 10,
  cachedInputTokens: 4,
  outputTokens: 20,
  costNanoUsd: 1000,
  unpricedRequests: 0,
  ttft: { [latencyBucket(100)]: 1 },
  generationMs: 200,
};

function model(name: string, parts: Partial<ModelReport> = {}): ModelReport {
  return { ...COUNTS, model: name, inFlight: 1, endpoints: { closed: 1, open: 0, halfOpen: 0 }, failureReasons: {}, ...parts };
}

function report(
  proxyId: string,
  sequence: number,
  parts: { providers?: readonly ProviderReport[]; policies?: readonly PolicyReport[]; epoch?: number } = {},
): ReportFrame {
  const providers = parts.providers ?? [{ key: KEY, models: [model('gpt')], credentials: [{ name: 'main', state: 'Active' }] }];
  return { type: 'report', proxyId, epoch: parts.epoch ?? 1, sequence, windowMs: 2000, providers, policies: parts.policies ?? [] };
}

describe('merging', () => {
  test('sums deltas over proxies', () => {
    const observations = new Observations();
    observations.merge(report('p1', 1), NOON);
    observations.merge(report('p2', 1), NOON + 1000);
    const { models, overall } = observations.provider(KEY, NOON + 2000);
    expect(models.map(({ model: name, inFlight, endpoints }) => ({ name, inFlight, endpoints }))).toEqual([
      { name: 'gpt', inFlight: 2, endpoints: { closed: 2, open: 0, halfOpen: 0 } },
    ]);
    expect(overall).toMatchObject({
      requests: 2,
      inputTokens: 20,
      outputTokens: 40,
      tokensToday: 60,
      costTodayNanoUsd: 2000,
      requestsToday: 2,
    });
    expect(overall.p95TtftMs).toBeGreaterThan(75);
    expect(overall.p95TtftMs).toBeLessThan(130);
  });

  test('a report delivered twice, or late, counts once', () => {
    const observations = new Observations();
    expect(observations.merge(report('p1', 1), NOON)).toBe(true);
    expect(observations.merge(report('p1', 1), NOON)).toBe(false);
    expect(observations.merge(report('p1', 2), NOON)).toBe(true);
    expect(observations.merge(report('p1', 1), NOON)).toBe(false);
    expect(observations.provider(KEY, NOON).overall.requests).toBe(2);
  });

  test('a restarted proxy counts anew from its first sequence; its old process no longer counts', () => {
    const observations = new Observations();
    observations.merge(report('p1', 9), NOON);
    expect(observations.merge(report('p1', 1, { epoch: 2 }), NOON)).toBe(true);
    expect(observations.merge(report('p1', 10), NOON)).toBe(false);
    expect(observations.provider(KEY, NOON).overall.requests).toBe(2);
  });

  test('any order of proxies and any repetition gives the same sums', () => {
    const frames = Array.from({ length: 20 }, (_, i) => report(`p${i % 4}`, Math.floor(i / 4) + 1));
    const schedule = fc.array(fc.nat(frames.length - 1), { maxLength: 60 });
    fc.assert(
      fc.property(schedule, (extra) => {
        const observations = new Observations();
        const proxies = [0, 1, 2, 3].map((proxy) => frames.filter((_, i) => i % 4 === proxy));
        for (const proxyFrames of proxies) for (const frame of proxyFrames) observations.merge(frame, NOON);
        for (const i of extra) observations.merge(frames[i] ?? report('p0', 1), NOON);
        expect(observations.provider(KEY, NOON).overall.requests).toBe(20);
      }),
    );
  });

  test('numbers that make no sense do not spoil the sums', () => {
    const observations = new Observations();
    observations.merge(
      report('p1', 1, {
        providers: [
          {
            key: KEY,
            models: [model('gpt', { requests: Number.NaN, outputTokens: -5, costNanoUsd: Number.POSITIVE_INFINITY })],
            credentials: [],
          },
        ],
      }),
      NOON,
    );
    expect(observations.provider(KEY, NOON).overall).toMatchObject({ requests: 0, outputTokens: 0, costTodayNanoUsd: 0 });
  });
});

describe('time', () => {
  test('the window forgets after 60 s, the day does not', () => {
    const observations = new Observations();
    observations.merge(report('p1', 1), NOON);
    expect(observations.provider(KEY, NOON + 54_999).overall.requests).toBe(1);
    expect(observations.provider(KEY, NOON + 60_000).overall).toMatchObject({ requests: 0, requestsToday: 1, p95TtftMs: undefined });
  });

  test('the day ends at 00:00 UTC', () => {
    const observations = new Observations();
    const midnight = Date.UTC(2026, 5, 2);
    observations.merge(report('p1', 1), midnight - 1);
    expect(observations.provider(KEY, midnight).overall).toMatchObject({ requests: 1, requestsToday: 0, costTodayNanoUsd: 0 });
  });

  test('a clock that is set back loses the window, not the sums of the day', () => {
    const observations = new Observations();
    observations.merge(report('p1', 1), NOON);
    observations.merge(report('p1', 2), NOON - 600_000);
    expect(observations.provider(KEY, NOON - 600_000).overall).toMatchObject({ requests: 1, requestsToday: 2 });
  });
});

describe('state', () => {
  test('a proxy silent for more than 30 s no longer counts in numbers of the present', () => {
    const observations = new Observations();
    observations.merge(report('p1', 1), NOON);
    expect(observations.provider(KEY, NOON + 30_000)).toMatchObject({ models: [{ inFlight: 1 }], credentials: [{ name: 'main' }] });
    expect(observations.provider(KEY, NOON + 30_001)).toMatchObject({
      models: [{ inFlight: 0, endpoints: { closed: 0 } }],
      credentials: [],
    });
  });

  test('nor does one that is gone, while what it counted stays', () => {
    const observations = new Observations();
    observations.merge(report('p1', 1), NOON);
    observations.gone('p1');
    expect(observations.provider(KEY, NOON)).toMatchObject({ models: [{ inFlight: 0, figures: { requests: 1 } }], credentials: [] });
    expect(observations.merge(report('p1', 1), NOON)).toBe(false);
  });

  test('a model that a report leaves out has nothing in flight, and keeps its breakers for 60 s', () => {
    const observations = new Observations();
    observations.merge(
      report('p1', 1, {
        providers: [{ key: KEY, models: [model('gpt', { endpoints: { closed: 0, open: 1, halfOpen: 0 } })], credentials: [] }],
      }),
      NOON,
    );
    const empty = (sequence: number): ReportFrame => report('p1', sequence, { providers: [{ key: KEY, models: [], credentials: [] }] });
    observations.merge(empty(2), NOON + 30_000);
    expect(observations.provider(KEY, NOON + 30_000).models).toMatchObject([{ inFlight: 0, endpoints: { open: 1 } }]);
    observations.merge(empty(3), NOON + 60_001);
    expect(observations.provider(KEY, NOON + 60_001).models).toMatchObject([{ endpoints: { open: 0 } }]);
  });

  test('of a key the worst state that any proxy has seen is told', () => {
    const observations = new Observations();
    const until = '2026-06-01T12:01:00Z';
    const providers = (state: 'Active' | 'RateLimited' | 'Rejected'): readonly ProviderReport[] => [
      { key: KEY, models: [], credentials: [state === 'RateLimited' ? { name: 'main', state, until } : { name: 'main', state }] },
    ];
    observations.merge(report('p1', 1, { providers: providers('Active') }), NOON);
    observations.merge(report('p2', 1, { providers: providers('RateLimited') }), NOON);
    expect(observations.provider(KEY, NOON).credentials).toEqual([{ name: 'main', state: 'RateLimited', until }]);
    observations.merge(report('p3', 1, { providers: providers('Rejected') }), NOON);
    expect(observations.provider(KEY, NOON).credentials).toEqual([{ name: 'main', state: 'Rejected' }]);
  });
});

describe('policies', () => {
  test('requests are told apart by rule and by target', () => {
    const observations = new Observations();
    const rule = {
      ...COUNTS,
      name: 'main',
      requests: 3,
      targets: [
        { target: 'team-a/openai/gpt', requests: 2 },
        { target: 'team-a/other/x', requests: 1 },
      ],
    };
    observations.merge(report('p1', 1, { policies: [{ key: POLICY, rules: [rule] }] }), NOON);
    observations.merge(report('p2', 1, { policies: [{ key: POLICY, rules: [rule] }] }), NOON);
    const { rules, overall } = observations.policy(POLICY, NOON);
    expect(overall.requests).toBe(6);
    expect(rules.map(({ name, figures }) => ({ name, targets: Object.fromEntries(figures.labels) }))).toEqual([
      { name: 'main', targets: { 'team-a/openai/gpt': 4, 'team-a/other/x': 2 } },
    ]);
  });
});

describe('memory', () => {
  test('made-up model names do not make it grow without bound', () => {
    const observations = new Observations();
    for (let i = 0; i < 1000; i += 1) {
      observations.merge(
        report('p1', i + 1, { providers: [{ key: KEY, models: [model(`m${i}`, { inFlight: 0 })], credentials: [] }] }),
        NOON + i * 100,
      );
    }
    // At the end nothing but the series is left of models that are no longer mentioned.
    expect(observations.provider(KEY, NOON + 1_000_000).models.length).toBeLessThanOrEqual(256);
  });

  test('objects that no longer exist are dropped', () => {
    const observations = new Observations();
    observations.merge(report('p1', 1), NOON);
    observations.retain((key) => key !== KEY);
    expect(observations.provider(KEY, NOON)).toMatchObject({ models: [], credentials: [], overall: { requestsToday: 0 } });
  });
});
