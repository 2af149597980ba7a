import type { CircuitBreakerSettings } from '@headgate/crds';

/** closed = traffic flows; open = none; half-open = single probes. See design 4-behaviour, dispatch. */
export interface CircuitBreaker {
  readonly state: 'closed' | 'open' | 'half-open';
  /** Monotonic ms at which an open breaker takes its next probe; 0 when it is not open. */
  readonly availableAtMs: number;
  /** May a request be sent now? In half-open, true hands out the single probe. Pure question in `closed`. */
  tryAcquire(nowMs: number): boolean;
  /** Would `tryAcquire` say yes? Changes nothing. */
  isAvailable(nowMs: number): boolean;
  /** First content of a stream: whoever answers is well enough for others to be sent, however long this one goes on. */
  onContent(nowMs: number): void;
  onSuccess(nowMs: number): void;
  onFailure(nowMs: number): void;
  /** The attempt ended without a verdict on the endpoint (client gone, caller's own mistake). */
  onAbandoned(nowMs: number): void;
  configure(settings: CircuitBreakerSettings): void;
}
