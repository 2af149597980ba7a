import type { UpstreamError } from '../wire/failure.ts';
import type { AttemptResult } from './attempt.ts';

/** First pause before the same endpoint is asked again; doubles, with full jitter. */
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 1000;

/**
 * May the same endpoint be asked again? Only where the provider cannot have spent anything on the first request: it
 * never saw it, closed without a byte, or said itself that it failed.
 */
export function isSafeToRepeat(failed: Extract<AttemptResult, { type: 'failed' }>): boolean {
  if (failed.neverSent) return true;
  const { error } = failed;
  if (error.retryAfterMs !== undefined && error.retryAfterMs > MAX_BACKOFF_MS) return false;
  if (error.reason === 'network') return error.status === undefined;
  return (error.reason === 'server' || error.reason === 'overloaded') && (error.status ?? 0) >= 500;
}

/**
 * Pause before the `n`th repetition (from 0), in ms: full jitter as in AWS's "Exponential backoff and jitter" (2015).
 * @param random uniform in [0, 1)
 */
export function backoffMs(n: number, error: UpstreamError, random: () => number): number {
  const jittered = random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** n);
  return Math.max(error.retryAfterMs ?? 0, jittered);
}
