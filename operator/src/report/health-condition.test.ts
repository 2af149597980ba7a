import type { CredentialReport } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { connectionLabel } from './connection-label.ts';
import { type HealthSubject, judgeHealth } from './health-condition.ts';
import type { ModelObservation, ProviderObservation } from './observations.ts';
import type { TrafficFigures } from './traffic-series.ts';

const SUBJECT: HealthSubject = { host: 'api.openai.com', secretOf: (name) => `team-a/${name}-secret` };
const CLOSED = { closed: 1, open: 0, halfOpen: 0 };
const OPEN = { closed: 0, open: 1, halfOpen: 0 };

function figures(requests: number, reasons: Readonly<Record<string, number>> = {}): TrafficFigures {
  const labels = new Map(Object.entries(reasons));
  const failures = [...labels.values()].reduce((sum, count) => sum + count, 0);
  const day = { requestsToday: requests, unpricedToday: 0, tokensToday: 0, costTodayNanoUsd: 0 };
  return {
    requests,
    failures,
    labels,
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    generationMs: 0,
    streamedOutputTokens: 0,
    p50TtftMs: undefined,
    p95TtftMs: undefined,
    ...day,
  };
}

function observation(
  overall: TrafficFigures,
  parts: { endpoints?: ModelObservation['endpoints']; credentials?: readonly CredentialReport[] } = {},
): ProviderObservation {
  return {
    overall,
    models: [{ model: 'gpt', figures: overall, inFlight: 0, endpoints: parts.endpoints ?? CLOSED }],
    credentials: parts.credentials ?? [{ name: 'main', state: 'Active' }],
  };
}

function verdict(input: ProviderObservation, previous?: string): string {
  const before = previous === undefined ? undefined : { reason: previous, message: '' };
  const { status, reason } = judgeHealth(input, SUBJECT, before);
  return `${status}/${reason}`;
}

test('requests that succeed are healthy', () => expect(verdict(observation(figures(100)))).toBe('True/Healthy'));

test('without requests nothing is known', () => expect(verdict(observation(figures(0)))).toBe('Unknown/NoTraffic'));

describe('keys', () => {
  test('a rejected key is named with its host and the Secret to replace', () => {
    const input = observation(figures(10, { auth: 10 }), { credentials: [{ name: 'main', state: 'Rejected' }] });
    expect(judgeHealth(input, SUBJECT, undefined)).toEqual({
      status: 'False',
      reason: 'AuthFailed',
      message: 'key `main` was rejected by api.openai.com (401 or 403); replace Secret team-a/main-secret',
    });
  });

  test('stay told while nothing is sent', () => {
    expect(verdict(observation(figures(0), { credentials: [{ name: 'main', state: 'Rejected' }] }))).toBe('False/AuthFailed');
  });

  test.each([
    [['Exhausted'], 'False/QuotaExhausted'],
    [['RateLimited'], 'False/RateLimited'],
    [['RateLimited', 'Exhausted'], 'False/QuotaExhausted'],
    [['RateLimited', 'Exhausted', 'Rejected'], 'False/AuthFailed'],
    [['Active', 'Rejected'], 'False/Degraded'],
  ] as const)('%j give %s', (states, expected) => {
    const credentials = states.map((state, i) => ({ name: `key-${i}`, state }));
    expect(verdict(observation(figures(100), { credentials }))).toBe(expected);
  });

  test('a provider that refuses requests without a key needs one', () => {
    const { reason, message } = judgeHealth(observation(figures(3, { auth: 3 }), { credentials: [] }), SUBJECT, undefined);
    expect(reason).toBe('AuthFailed');
    expect(message).toContain('add `credentials`');
  });

  test("a provider that refuses the pods' own identity does not ask for keys", () => {
    const subject: HealthSubject = { ...SUBJECT, usesIdentity: true };
    const { reason, message } = judgeHealth(observation(figures(3, { auth: 3 }), { credentials: [] }), subject, undefined);
    expect(reason).toBe('AuthFailed');
    expect(message).toContain("the proxies' workload identity is missing or may not call api.openai.com");
  });
});

describe('circuits', () => {
  test('all open is CircuitOpen, with the kinds of failures', () => {
    const health = judgeHealth(observation(figures(10, { timeout: 2, server: 8 }), { endpoints: OPEN }), SUBJECT, undefined);
    expect(health).toMatchObject({ status: 'False', reason: 'CircuitOpen' });
    expect(health.message).toContain('(server errors, timeouts)');
  });

  test('failed connections make it Unreachable, and it stays so while open circuits keep requests away', () => {
    expect(verdict(observation(figures(10, { network: 10 }), { endpoints: OPEN }))).toBe('False/Unreachable');
    expect(verdict(observation(figures(0), { endpoints: OPEN }), 'Unreachable')).toBe('False/Unreachable');
    expect(verdict(observation(figures(0), { endpoints: OPEN }), 'CircuitOpen')).toBe('False/CircuitOpen');
  });

  test('what went wrong with connections is told, also while open circuits keep requests away', () => {
    const overall = figures(10, { network: 10 });
    const labels = new Map([...overall.labels, [connectionLabel('TLS handshake failed (CERT_HAS_EXPIRED)'), 10]]);
    const health = judgeHealth(observation({ ...overall, labels }, { endpoints: OPEN }), SUBJECT, undefined);
    expect(health.message).toBe(
      'connections to api.openai.com fail (TLS handshake failed (CERT_HAS_EXPIRED)); check the address, DNS, network policies and `tls`',
    );
    expect(judgeHealth(observation(figures(0), { endpoints: OPEN }), SUBJECT, health)).toEqual(health);
  });

  test('failed connections among other failures are one kind of them', () => {
    const overall = figures(10, { server: 9, network: 1 });
    const labels = new Map([...overall.labels, [connectionLabel('connection refused'), 1]]);
    expect(judgeHealth(observation({ ...overall, labels }), SUBJECT, undefined).message).toBe(
      'some requests to api.openai.com fail (failed connections, server errors)',
    );
  });

  test('some open is Degraded', () => {
    expect(verdict(observation(figures(100), { endpoints: { closed: 1, open: 1, halfOpen: 0 } }))).toBe('False/Degraded');
  });
});

describe('rates', () => {
  test.each([
    [100, 4, undefined, 'True/Healthy'],
    [100, 6, undefined, 'False/Degraded'],
    [100, 4, 'Degraded', 'False/Degraded'],
    [100, 3, 'Degraded', 'True/Healthy'],
    [4, 1, undefined, 'True/Healthy'],
    [4, 4, undefined, 'False/Degraded'],
  ])('%d requests with %d failures after %s are %s', (requests, failures, previous, expected) => {
    expect(verdict(observation(figures(requests, { server: failures })), previous)).toBe(expected);
  });

  test('messages hold no figures, so that steady traffic makes no writes', () => {
    const messages = [96, 97, 98].map(
      (requests) => judgeHealth(observation(figures(requests, { server: 20 })), SUBJECT, undefined).message,
    );
    expect(new Set(messages).size).toBe(1);
  });
});
