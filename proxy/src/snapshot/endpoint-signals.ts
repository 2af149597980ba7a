import type { CircuitBreaker } from './circuit-breaker.ts';

/** Moving numbers of one endpoint in this proxy. Mutable, owned by dispatch, read by strategies. */
export interface EndpointSignals {
  inFlight: number;
  /** Peak EWMA of time to first token, ms; 0 = no sample yet. */
  ttftEwmaMs: number;
  /** Monotonic ms of the last sample; reads decay the EWMA from here. */
  ttftSampledAtMs: number;
  readonly breaker: CircuitBreaker;
  readonly credential: CredentialSignals;
}

/** State of one key, shared by every endpoint that uses it. */
export interface CredentialSignals {
  state: 'Active' | 'RateLimited' | 'Rejected' | 'Exhausted';
  /** Monotonic ms until which a RateLimited/Rejected/Exhausted key is left alone. */
  untilMs: number;
  /** The provider itself said how long to wait: then nothing is sent before. */
  waitTold: boolean;
}
