import type { CircuitBreakerSettings } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { EndpointBreaker } from './endpoint-breaker.ts';

const SETTINGS: CircuitBreakerSettings = {
  consecutiveFailures: 5,
  failurePercent: 50,
  minRequests: 20,
  windowMs: 30_000,
  openMs: 30_000,
  maxOpenMs: 300_000,
};
/** The middle of the jitter: open times are exact. */
const EVEN = (): number => 0.5;

function failing(breaker: EndpointBreaker, times: number, nowMs: number): void {
  for (let i = 0; i < times; i += 1) breaker.onFailure(nowMs);
}

/** Opens, lets the open time pass, and fails the probe: one more opening. */
function failProbe(breaker: EndpointBreaker): void {
  const nowMs = breaker.availableAtMs;
  expect(breaker.tryAcquire(nowMs)).toBe(true);
  breaker.onFailure(nowMs);
}

describe('EndpointBreaker', () => {
  test('opens at the fifth failure in a row, not before', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 4, 1000);
    expect(breaker.state).toBe('closed');
    breaker.onFailure(1000);
    expect(breaker.state).toBe('open');
    expect(breaker.tryAcquire(1001)).toBe(false);
  });

  test('a success between failures starts the count anew', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 4, 1000);
    breaker.onSuccess(1000);
    failing(breaker, 4, 1000);
    expect(breaker.state).toBe('closed');
  });

  test('opens when more than half of at least 20 outcomes failed, though never five in a row', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    // Two failures per success: 13 of 19 after 19 outcomes.
    for (let i = 0; i < 19; i += 1) {
      if (i % 3 === 0) breaker.onSuccess(1000 + i);
      else breaker.onFailure(1000 + i);
    }
    expect(breaker.state).toBe('closed');
    breaker.onFailure(1100);
    expect(breaker.state).toBe('open');
  });

  test('exactly half of the outcomes failing keeps it closed', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    for (let i = 0; i < 40; i += 1) {
      if (i % 2 === 0) breaker.onSuccess(1000);
      else breaker.onFailure(1000);
    }
    expect(breaker.state).toBe('closed');
  });

  test('failures older than the window do not count', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    for (let i = 0; i < 18; i += 1) {
      if (i % 3 === 0) breaker.onSuccess(0);
      else breaker.onFailure(0);
    }
    breaker.onSuccess(40_000);
    failing(breaker, 2, 40_000);
    expect(breaker.state).toBe('closed');
  });

  test('after the open time exactly one probe goes through', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 5, 0);
    expect(breaker.availableAtMs).toBe(30_000);
    expect(breaker.isAvailable(29_999)).toBe(false);
    expect(breaker.isAvailable(30_000)).toBe(true);
    expect(breaker.tryAcquire(30_000)).toBe(true);
    expect(breaker.state).toBe('half-open');
    expect(breaker.isAvailable(30_000)).toBe(false);
    expect(breaker.tryAcquire(30_001)).toBe(false);
  });

  test('asking whether it is available changes nothing', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 5, 0);
    for (let i = 0; i < 10; i += 1) breaker.isAvailable(30_000);
    expect(breaker.state).toBe('open');
    expect(breaker.tryAcquire(30_000)).toBe(true);
  });

  test('a probe that succeeds closes it', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 5, 0);
    breaker.tryAcquire(30_000);
    breaker.onSuccess(30_100);
    expect(breaker.state).toBe('closed');
    expect(breaker.availableAtMs).toBe(0);
    failing(breaker, 4, 30_200);
    expect(breaker.state).toBe('closed');
  });

  test('a probe that begins to stream closes it, and others need not wait for its end', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 5, 0);
    breaker.tryAcquire(30_000);
    breaker.onContent(30_100);
    expect(breaker.state).toBe('closed');
    breaker.onSuccess(60_000);
    failing(breaker, 4, 60_100);
    expect(breaker.state).toBe('closed');
  });

  test('a stream that breaks before any has been whole opens it again at once', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 5, 0);
    breaker.tryAcquire(30_000);
    breaker.onContent(30_100);
    breaker.onFailure(31_000);
    expect([breaker.state, breaker.availableAtMs]).toEqual(['open', 91_000]);
  });

  test('content of an attempt from before the opening says nothing', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 5, 0);
    breaker.onContent(100);
    expect(breaker.state).toBe('open');
  });

  test('open times grow by 30 s per failed probe, up to 300 s', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 5, 0);
    const openTimes = [breaker.availableAtMs];
    for (let i = 0; i < 12; i += 1) {
      const before = breaker.availableAtMs;
      failProbe(breaker);
      openTimes.push(breaker.availableAtMs - before);
    }
    expect(openTimes).toEqual([30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300, 300].map((s) => s * 1000));
  });

  test('an endpoint that has been well for longer than it was out starts from the shortest time again', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 5, 0);
    failProbe(breaker);
    const probeMs = breaker.availableAtMs;
    breaker.tryAcquire(probeMs);
    breaker.onSuccess(probeMs);
    failing(breaker, 5, probeMs + 1000);
    expect(breaker.availableAtMs - (probeMs + 1000)).toBe(90_000);
    const secondProbeMs = breaker.availableAtMs;
    breaker.tryAcquire(secondProbeMs);
    breaker.onSuccess(secondProbeMs);
    failing(breaker, 5, secondProbeMs + 90_001);
    expect(breaker.availableAtMs - (secondProbeMs + 90_001)).toBe(30_000);
  });

  test('jitter moves the open time by at most 20 % either way', () => {
    const openFor = (random: number): number => {
      const breaker = new EndpointBreaker(SETTINGS, () => random);
      failing(breaker, 5, 0);
      return breaker.availableAtMs;
    };
    expect(openFor(0)).toBeCloseTo(24_000);
    expect(openFor(0.999999)).toBeCloseTo(36_000, -1);
  });

  test('an abandoned probe hands its place to the next one', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 5, 0);
    breaker.tryAcquire(30_000);
    breaker.onAbandoned(30_500);
    expect(breaker.state).toBe('half-open');
    expect(breaker.tryAcquire(30_600)).toBe(true);
    expect(breaker.tryAcquire(30_700)).toBe(false);
  });

  test('a probe whose outcome never comes does not keep the endpoint out for good', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 5, 0);
    breaker.tryAcquire(30_000);
    expect(breaker.tryAcquire(30_000 + 299_999)).toBe(false);
    expect(breaker.tryAcquire(30_000 + 300_000)).toBe(true);
  });

  test('attempts from before the opening neither close it nor open it for longer', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 5, 0);
    breaker.onSuccess(10);
    breaker.onFailure(20);
    expect(breaker.state).toBe('open');
    expect(breaker.availableAtMs).toBe(30_000);
  });

  test('new settings apply to what is counted already', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    failing(breaker, 2, 0);
    breaker.configure({ ...SETTINGS, consecutiveFailures: 3 });
    breaker.onFailure(1);
    expect(breaker.state).toBe('open');
  });

  test('a clock that goes back does no harm', () => {
    const breaker = new EndpointBreaker(SETTINGS, EVEN);
    breaker.onFailure(100_000);
    failing(breaker, 3, 50_000);
    expect(breaker.state).toBe('closed');
    breaker.onFailure(50_000);
    expect(breaker.state).toBe('open');
  });
});
