import type { EndpointSignals } from './endpoint-signals.ts';

/** Time constant of the decay: after 10 s without a sample, 37 % of the old value is left. */
const TAU_MS = 10_000;
/** Cost of an endpoint with requests in flight and no answer yet: worse than any measured one (Finagle's PeakEwma penalty). */
const UNKNOWN_PENALTY_MS = 600_000;

/**
 * Takes in one time to first token, in ms. Peak EWMA (Finagle, Linkerd): a worse sample is believed at once, a better one
 * by and by. For attempts that got no token at all (timeouts), hand in the time waited.
 */
export function observeTtft(signals: EndpointSignals, ttftMs: number, nowMs: number): void {
  if (!Number.isFinite(ttftMs) || ttftMs < 0) return;
  const elapsedMs = Math.max(0, nowMs - signals.ttftSampledAtMs);
  const kept = Math.exp(-elapsedMs / TAU_MS);
  signals.ttftEwmaMs = ttftMs > signals.ttftEwmaMs ? ttftMs : signals.ttftEwmaMs * kept + ttftMs * (1 - kept);
  signals.ttftSampledAtMs = Math.max(nowMs, signals.ttftSampledAtMs);
}

/** The EWMA as of now, in ms: fades while nothing is sampled, so that a slow endpoint gets another chance. 0 = no sample. */
export function readTtftMs(signals: EndpointSignals, nowMs: number): number {
  const elapsedMs = nowMs - signals.ttftSampledAtMs;
  return elapsedMs > 0 ? signals.ttftEwmaMs * Math.exp(-elapsedMs / TAU_MS) : signals.ttftEwmaMs;
}

/** What one more request would cost here: EWMA x (in flight + 1), in ms. */
export function peakEwmaCost(signals: EndpointSignals, nowMs: number): number {
  if (signals.ttftEwmaMs === 0) return signals.inFlight === 0 ? 0 : UNKNOWN_PENALTY_MS * signals.inFlight;
  return readTtftMs(signals, nowMs) * (signals.inFlight + 1);
}
