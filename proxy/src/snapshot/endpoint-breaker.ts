import type { CircuitBreakerSettings } from '@headgate/crds';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { OutcomeWindow } from './outcome-window.ts';

/** Openings are spread by +-20 %, so that proxies that saw the same fault do not probe in the same instant. */
const JITTER = 0.2;

/**
 * Circuit breaker of one endpoint: opens after `consecutiveFailures`, or when more than `failurePercent` of at least
 * `minRequests` outcomes of the window failed; stays open for `openMs` x (openings in a row), at most `maxOpenMs`; then lets
 * single probes through until one brings content. Figures follow Envoy's outlier detection (base ejection x times ejected, cap).
 * Time and randomness are handed in.
 */
export class EndpointBreaker implements CircuitBreaker {
  #settings: CircuitBreakerSettings;
  readonly #random: () => number;
  readonly #window: OutcomeWindow;
  #state: 'closed' | 'open' | 'half-open' = 'closed';
  #consecutive = 0;
  /** Openings in a row: the factor of the next open time. */
  #openings = 0;
  #openUntilMs = 0;
  /** Until when the probe in flight holds its place; 0 = no probe in flight. */
  #probeUntilMs = 0;
  #closedAtMs = 0;
  /** Closed on a beginning: until an answer has been whole, one failure opens it again. */
  #onTrial = false;

  constructor(settings: CircuitBreakerSettings, random: () => number) {
    this.#settings = settings;
    this.#random = random;
    this.#window = new OutcomeWindow(settings.windowMs);
  }

  get state(): 'closed' | 'open' | 'half-open' {
    return this.#state;
  }

  get availableAtMs(): number {
    return this.#state === 'open' ? this.#openUntilMs : 0;
  }

  isAvailable(nowMs: number): boolean {
    if (this.#state === 'closed') return true;
    if (this.#state === 'open') return nowMs >= this.#openUntilMs;
    return nowMs >= this.#probeUntilMs;
  }

  tryAcquire(nowMs: number): boolean {
    if (this.#state === 'closed') return true;
    if (!this.isAvailable(nowMs)) return false;
    this.#state = 'half-open';
    // A probe whose outcome never comes back must not keep the endpoint out for good.
    this.#probeUntilMs = nowMs + this.#settings.maxOpenMs;
    return true;
  }

  onSuccess(nowMs: number): void {
    this.onContent(nowMs);
    if (this.#state !== 'closed') return;
    this.#onTrial = false;
    this.#consecutive = 0;
    this.#window.record(nowMs, false);
  }

  onContent(nowMs: number): void {
    // While open, only attempts from before the opening are heard of: they say nothing about now.
    if (this.#state !== 'half-open' || this.#probeUntilMs === 0) return;
    this.#state = 'closed';
    this.#consecutive = 0;
    this.#probeUntilMs = 0;
    this.#closedAtMs = nowMs;
    this.#onTrial = true;
    this.#window.reset();
  }

  onFailure(nowMs: number): void {
    if (this.#state === 'open') return;
    if (this.#state === 'half-open') {
      if (this.#probeUntilMs !== 0) this.#open(nowMs);
      return;
    }
    this.#consecutive += 1;
    this.#window.record(nowMs, true);
    if (this.#onTrial || this.#consecutive >= this.#settings.consecutiveFailures || this.#failsTooOften(nowMs)) this.#open(nowMs);
  }

  onAbandoned(_nowMs: number): void {
    this.#probeUntilMs = 0;
  }

  configure(settings: CircuitBreakerSettings): void {
    if (settings.windowMs !== this.#settings.windowMs) this.#window.reset(settings.windowMs);
    this.#settings = settings;
  }

  #failsTooOften(nowMs: number): boolean {
    const { total, failures } = this.#window.count(nowMs);
    return total >= this.#settings.minRequests && failures * 100 > this.#settings.failurePercent * total;
  }

  #open(nowMs: number): void {
    const { openMs, maxOpenMs } = this.#settings;
    // An endpoint that has been well for as long as it was last kept out starts from the shortest time again.
    const wellFor = this.#state === 'closed' ? nowMs - this.#closedAtMs : 0;
    if (wellFor > Math.min(openMs * this.#openings, maxOpenMs)) this.#openings = 0;
    this.#openings += 1;
    const jitter = 1 - JITTER + 2 * JITTER * this.#random();
    this.#openUntilMs = nowMs + Math.min(openMs * this.#openings, maxOpenMs) * jitter;
    this.#state = 'open';
    this.#onTrial = false;
    this.#probeUntilMs = 0;
    this.#consecutive = 0;
    this.#window.reset();
  }
}
