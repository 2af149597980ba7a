import { describe, expect, test } from '@jest/globals';
import { EndpointBreaker } from './endpoint-breaker.ts';
import type { EndpointSignals } from './endpoint-signals.ts';
import { observeTtft, peakEwmaCost, readTtftMs } from './ttft-ewma.ts';

function signals(): EndpointSignals {
  const settings = { consecutiveFailures: 5, failurePercent: 50, minRequests: 20, windowMs: 30_000, openMs: 30_000, maxOpenMs: 300_000 };
  return {
    inFlight: 0,
    ttftEwmaMs: 0,
    ttftSampledAtMs: 0,
    breaker: new EndpointBreaker(settings, () => 0.5),
    credential: { state: 'Active', untilMs: 0, waitTold: false },
  };
}

describe('peak EWMA of the time to first token', () => {
  test('a worse sample is believed at once', () => {
    const s = signals();
    observeTtft(s, 100, 1_000);
    observeTtft(s, 900, 1_001);
    expect(s.ttftEwmaMs).toBe(900);
  });

  test('a better sample is believed by and by: 63 % of the way after 10 s', () => {
    const s = signals();
    observeTtft(s, 1_000, 0);
    observeTtft(s, 0, 10_000);
    expect(s.ttftEwmaMs).toBeCloseTo(1_000 / Math.E, 6);
  });

  test('fades while nothing is sampled, so that a slow endpoint gets another chance', () => {
    const s = signals();
    observeTtft(s, 5_000, 0);
    expect(readTtftMs(s, 0)).toBe(5_000);
    expect(readTtftMs(s, 30_000)).toBeCloseTo(5_000 * Math.exp(-3), 6);
  });

  test('costs grow with the requests in flight', () => {
    const s = signals();
    observeTtft(s, 200, 0);
    s.inFlight = 3;
    expect(peakEwmaCost(s, 0)).toBe(800);
  });

  test('an endpoint nobody has tried is free for one request and dear for a second one', () => {
    const s = signals();
    expect(peakEwmaCost(s, 0)).toBe(0);
    s.inFlight = 1;
    expect(peakEwmaCost(s, 0)).toBeGreaterThan(300_000);
  });

  test('samples that are no times, and clocks that go back, leave it sane', () => {
    const s = signals();
    observeTtft(s, 100, 5_000);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -1]) observeTtft(s, bad, 6_000);
    expect(s.ttftEwmaMs).toBe(100);
    observeTtft(s, 50, 1_000);
    expect(s.ttftEwmaMs).toBe(100);
    expect(s.ttftSampledAtMs).toBe(5_000);
    expect(readTtftMs(s, 0)).toBe(100);
  });
});
