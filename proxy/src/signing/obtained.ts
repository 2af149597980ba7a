import type { FailureReason, UpstreamError } from '../wire/failure.ts';

/** What came of asking for a token or for temporary keys. */
export type Obtained<T> =
  | { readonly type: 'value'; readonly value: T; readonly lifetimeMs: number }
  | { readonly type: 'failure'; readonly error: UpstreamError };

/** Asks once. Never rejects: whatever goes wrong is a failure. */
export type Obtain<T> = () => Promise<Obtained<T>>;

/** `message` is read by people and must not hold secrets. */
export function notObtained<T>(reason: FailureReason, message: string, retryAfterMs?: number): Obtained<T> {
  return { type: 'failure', error: { reason, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } };
}
