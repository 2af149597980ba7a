import { beforeEach, describe, expect, test } from '@jest/globals';
import type { EndpointSignals } from '../snapshot/endpoint-signals.ts';
import type { UpstreamError } from '../wire/failure.ts';
import type { AttemptResult } from './attempt.ts';
import { settleAttempt } from './settle-attempt.ts';

const METERING = { usage: undefined, estimatedOutputTokens: 0, ttftMs: 120, finish: undefined, streamed: false };
let told: string[];
let signals: EndpointSignals;

beforeEach(() => {
  told = [];
  signals = {
    inFlight: 1,
    ttftEwmaMs: 0,
    ttftSampledAtMs: 0,
    credential: { state: 'Active', untilMs: 0, waitTold: false },
    breaker: {
      state: 'closed',
      availableAtMs: 0,
      tryAcquire: () => true,
      isAvailable: () => true,
      onContent: () => void told.push('content'),
      onSuccess: () => void told.push('success'),
      onFailure: () => void told.push('failure'),
      onAbandoned: () => void told.push('abandoned'),
      configure: () => {},
    },
  };
});

function settle(result: AttemptResult, random = 0, generates = true): void {
  settleAttempt(signals, result, { nowMs: 1000, random: () => random, durationMs: 400, generates });
}

function failed(error: UpstreamError): AttemptResult {
  return { type: 'failed', error, neverSent: false };
}

describe('settleAttempt', () => {
  test('an answer is a success, and its time to first token is believed', () => {
    settle({ type: 'completed', metering: METERING });
    expect([told, signals.inFlight, signals.ttftEwmaMs]).toEqual([['success'], 0, 120]);
  });

  test("a caller that left says nothing about the endpoint, and neither does a caller's own mistake", () => {
    settle({ type: 'gone', metering: METERING });
    settle(failed({ reason: 'bad-request', message: '' }));
    expect(told).toEqual(['abandoned', 'abandoned']);
  });

  test.each(['server', 'network', 'timeout', 'malformed', 'overloaded'] as const)('%s counts against the breaker', (reason) => {
    settle(failed({ reason, message: '' }));
    settle({ type: 'cut', error: { reason, message: '' }, metering: METERING });
    expect(told).toEqual(['failure', 'failure']);
  });

  test('how fast tokens are counted says nothing about how fast they are generated', () => {
    settle({ type: 'completed', metering: METERING }, 0, false);
    settle(failed({ reason: 'timeout', message: '' }), 0, false);
    expect([told, signals.ttftEwmaMs]).toEqual([['success', 'failure'], 0]);
  });

  test('a wait in vain counts as slow', () => {
    settle(failed({ reason: 'timeout', message: '' }));
    expect(signals.ttftEwmaMs).toBe(400);
  });

  test.each([
    [undefined, 0, 6000],
    [10_000, 0, 11_000],
    [10_000, 1, 16_000],
    [86_400_000, 0, 61_000],
  ])('a rate limit with Retry-After %s ms (jitter %i) cools the key until %i', (retryAfterMs, random, untilMs) => {
    settle(failed({ reason: 'rate-limited', message: '', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }), random);
    expect(signals.credential).toEqual({ state: 'RateLimited', untilMs, waitTold: retryAfterMs !== undefined });
    expect(told).toEqual(['abandoned']);
  });

  test('a refused key is put aside for a minute, one out of quota for ten; a shorter cool-down does not undo it', () => {
    settle(failed({ reason: 'auth', message: '' }));
    expect(signals.credential).toMatchObject({ state: 'Rejected', untilMs: 61_000 });
    settle(failed({ reason: 'quota-exhausted', message: '' }));
    expect(signals.credential).toMatchObject({ state: 'Exhausted', untilMs: 601_000 });
    settle(failed({ reason: 'rate-limited', message: '' }));
    expect(signals.credential).toMatchObject({ state: 'Exhausted', untilMs: 601_000 });
    settle({ type: 'completed', metering: METERING });
    expect(signals.credential.state).toBe('Active');
  });
});
