/**
 * Why an attempt failed, in one word. Used for retry decisions, breakers, metric labels and the access log; the full
 * story is in `UpstreamError.message`.
 */
export type FailureReason =
  | 'rate-limited'
  | 'quota-exhausted'
  | 'auth'
  | 'overloaded'
  | 'context-length'
  | 'content-filter'
  | 'not-found'
  | 'bad-request'
  | 'server'
  | 'network'
  | 'timeout'
  | 'malformed'
  | 'cancelled';

export interface UpstreamError {
  readonly reason: FailureReason;
  /** Status of the provider's answer; absent when there was none. */
  readonly status?: number;
  /** What the provider said, or what happened on the wire; never contains a credential. */
  readonly message: string;
  /** What another provider told the one that answered (OpenRouter), under the same rule. */
  readonly raw?: string;
  /** The provider's own type or code. */
  readonly code?: string;
  /** How long the provider asked to be left alone, from header or body. */
  readonly retryAfterMs?: number;
  /** The offending field, where the provider named one. */
  readonly param?: string;
}

/**
 * What a failure means for the next attempt and for the endpoint.
 * - failover: another endpoint may well answer (only before commit)
 * - breaker: counts against the endpoint's circuit breaker
 * - credential: what it does to the key
 */
export interface FailureClass {
  readonly failover: boolean;
  readonly breaker: boolean;
  readonly credential: 'none' | 'cool-down' | 'rejected' | 'exhausted';
}

/** Design 4-behaviour, dispatch: "Classes of failure decide". */
export const FAILURE_CLASSES: Readonly<Record<FailureReason, FailureClass>> = {
  'rate-limited': { failover: true, breaker: false, credential: 'cool-down' },
  'quota-exhausted': { failover: true, breaker: false, credential: 'exhausted' },
  auth: { failover: true, breaker: false, credential: 'rejected' },
  overloaded: { failover: true, breaker: true, credential: 'none' },
  'context-length': { failover: true, breaker: false, credential: 'none' },
  'content-filter': { failover: false, breaker: false, credential: 'none' },
  'not-found': { failover: true, breaker: false, credential: 'none' },
  'bad-request': { failover: false, breaker: false, credential: 'none' },
  server: { failover: true, breaker: true, credential: 'none' },
  network: { failover: true, breaker: true, credential: 'none' },
  timeout: { failover: true, breaker: true, credential: 'none' },
  malformed: { failover: true, breaker: true, credential: 'none' },
  cancelled: { failover: false, breaker: false, credential: 'none' },
};
