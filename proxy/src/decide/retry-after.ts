import type { Endpoint, Target } from '../snapshot/snapshot.ts';

/**
 * Shortest time, in ms, after which some endpoint may be usable again, judged by its breaker and its key; undefined when
 * waiting changes nothing that is known now.
 */
export function retryAfterMs(targets: readonly Target[], nowMs: number): number | undefined {
  let soonestMs = Number.POSITIVE_INFINITY;
  for (const target of targets) for (const endpoint of target.endpoints) soonestMs = Math.min(soonestMs, waitMs(endpoint, nowMs));
  return Number.isFinite(soonestMs) ? soonestMs : undefined;
}

/** An endpoint waits for the later of its two obstacles; one that waits for neither says nothing. */
function waitMs({ signals }: Endpoint, nowMs: number): number {
  const { credential, breaker } = signals;
  const keyMs = credential.state === 'Active' ? 0 : credential.untilMs - nowMs;
  const breakerMs = breaker.isAvailable(nowMs) ? 0 : breaker.availableAtMs - nowMs;
  const wait = Math.ceil(Math.max(keyMs, breakerMs));
  return wait > 0 ? wait : Number.POSITIVE_INFINITY;
}
