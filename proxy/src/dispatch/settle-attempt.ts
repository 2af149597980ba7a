import type { CredentialSignals, EndpointSignals } from '../snapshot/endpoint-signals.ts';
import { observeTtft } from '../snapshot/ttft-ewma.ts';
import { FAILURE_CLASSES, type UpstreamError } from '../wire/failure.ts';
import type { AttemptResult } from './attempt.ts';

/** How long a key is left alone when the provider does not say. */
const RATE_LIMITED_MS = 5000;
/** A provider's Retry-After is honoured up to this; beyond it the key is asked again to see. */
const MAX_RATE_LIMITED_MS = 60_000;
const REJECTED_MS = 60_000;
const EXHAUSTED_MS = 600_000;
/** Keys come back spread over this share of their cool-down, so that proxies do not return in one instant. */
const COOL_DOWN_JITTER = 0.5;

/** Time and randomness at the end of an attempt. */
export interface SettleContext {
  readonly nowMs: number;
  readonly random: () => number;
  /** Attempt started -> ended. */
  readonly durationMs: number;
  /** False for what generates nothing, such as counting tokens: how fast it is says nothing about the next answer. */
  readonly generates: boolean;
}

/** Books the end of an attempt on the endpoint: requests in flight, breaker, time to first token, state of the key. */
export function settleAttempt(signals: EndpointSignals, result: AttemptResult, context: SettleContext): void {
  signals.inFlight = Math.max(0, signals.inFlight - 1);
  switch (result.type) {
    case 'completed':
      signals.breaker.onSuccess(context.nowMs);
      believeTtft(signals, result.metering.ttftMs, context);
      if (signals.credential.state !== 'Active') setCredential(signals.credential, 'Active', 0);
      break;
    case 'gone':
      // The caller's decision says nothing about the endpoint.
      signals.breaker.onAbandoned(context.nowMs);
      break;
    case 'cut':
      believeTtft(signals, result.metering.ttftMs, context);
      settleFailure(signals, result.error, context);
      break;
    case 'failed':
      // A target that let us wait in vain is at least as slow as the wait.
      if (result.error.reason === 'timeout') believeTtft(signals, context.durationMs, context);
      settleFailure(signals, result.error, context);
      break;
  }
}

function believeTtft(signals: EndpointSignals, ttftMs: number, { generates, nowMs }: SettleContext): void {
  if (generates) observeTtft(signals, ttftMs, nowMs);
}

function settleFailure(signals: EndpointSignals, error: UpstreamError, context: SettleContext): void {
  const failure = FAILURE_CLASSES[error.reason];
  if (failure.breaker) signals.breaker.onFailure(context.nowMs);
  else signals.breaker.onAbandoned(context.nowMs);
  switch (failure.credential) {
    case 'cool-down': {
      const waitMs = Math.min(error.retryAfterMs ?? RATE_LIMITED_MS, MAX_RATE_LIMITED_MS);
      setCredential(
        signals.credential,
        'RateLimited',
        context.nowMs + waitMs * (1 + COOL_DOWN_JITTER * context.random()),
        error.retryAfterMs !== undefined,
      );
      break;
    }
    case 'rejected':
      setCredential(signals.credential, 'Rejected', context.nowMs + REJECTED_MS);
      break;
    case 'exhausted':
      setCredential(signals.credential, 'Exhausted', context.nowMs + EXHAUSTED_MS);
      break;
    case 'none':
      break;
  }
}

/** Attempts that ran side by side report in any order: the longest cool-down wins. */
function setCredential(credential: CredentialSignals, state: CredentialSignals['state'], untilMs: number, waitTold = false): void {
  if (state !== 'Active' && credential.state !== 'Active' && credential.untilMs > untilMs) return;
  credential.state = state;
  credential.untilMs = untilMs;
  credential.waitTold = waitTold;
}
