import type { Clock } from '../support/clock.ts';
import type { UpstreamError } from '../wire/failure.ts';
import { notObtained, type Obtain, type Obtained } from './obtained.ts';

/** Renewal starts this share of the lifetime before the end, at most `MAX_LEAD_MS`. */
const LEAD_SHARE = 0.2;
const MAX_LEAD_MS = 300_000;
/** The lead varies by up to this share, so that proxies do not all ask in one instant. */
const LEAD_JITTER = 0.5;
/** Pauses after failures: doubling, with jitter. */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 60_000;

export type Held<T> = { readonly type: 'value'; readonly value: T } | { readonly type: 'failure'; readonly error: UpstreamError };

export interface RenewalDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

interface Current<T> {
  readonly value: T;
  readonly renewAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Something that expires and can be had anew. While it is good it is handed out at once; shortly before it expires a new
 * one is fetched in the background, one fetch at a time, by the requests that come by (nothing is fetched for a provider
 * that nobody uses). After a failed fetch there is a pause in which nobody waits: what is still good is used on, otherwise
 * the failure is told.
 */
export class Renewal<T> {
  readonly #obtain: Obtain<T>;
  readonly #deps: RenewalDeps;
  #current: Current<T> | undefined;
  #inFlight: Promise<Held<T>> | undefined;
  #failure: { readonly error: UpstreamError; readonly pausedUntilMs: number } | undefined;
  #failuresInARow = 0;

  constructor(obtain: Obtain<T>, deps: RenewalDeps) {
    this.#obtain = obtain;
    this.#deps = deps;
  }

  get(): Held<T> | Promise<Held<T>> {
    const nowMs = this.#deps.clock.monotonicMs();
    const current = this.#current;
    if (current !== undefined && nowMs < current.expiresAtMs) {
      if (nowMs >= current.renewAtMs && !this.#isPaused(nowMs)) void this.#renew();
      return { type: 'value', value: current.value };
    }
    if (this.#failure !== undefined && this.#isPaused(nowMs)) return { type: 'failure', error: this.#failure.error };
    return this.#renew();
  }

  /** The value is no good although it has not expired. */
  discard(): void {
    this.#current = undefined;
  }

  #isPaused(nowMs: number): boolean {
    return this.#failure !== undefined && nowMs < this.#failure.pausedUntilMs;
  }

  #renew(): Promise<Held<T>> {
    this.#inFlight ??= this.#ask().then((obtained) => this.#settle(obtained));
    return this.#inFlight;
  }

  /** A defect in obtaining must not take down what goes on beside it: it is a failure like any other. */
  async #ask(): Promise<Obtained<T>> {
    try {
      return await this.#obtain();
    } catch (error) {
      return notObtained('server', `the proxy could not ask for a token: ${error instanceof Error ? error.name : 'unknown'}`);
    }
  }

  #settle(obtained: Obtained<T>): Held<T> {
    this.#inFlight = undefined;
    const nowMs = this.#deps.clock.monotonicMs();
    if (obtained.type === 'failure') {
      const pauseMs = Math.min(MAX_PAUSE_MS, obtained.error.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** this.#failuresInARow);
      this.#failuresInARow += 1;
      this.#failure = { error: obtained.error, pausedUntilMs: nowMs + pauseMs * (1 - 0.5 * this.#deps.random()) };
      return obtained;
    }
    const { value, lifetimeMs } = obtained;
    const leadMs = Math.min(MAX_LEAD_MS, lifetimeMs * LEAD_SHARE) * (1 + LEAD_JITTER * this.#deps.random());
    this.#failure = undefined;
    this.#failuresInARow = 0;
    this.#current = { value, renewAtMs: nowMs + lifetimeMs - leadMs, expiresAtMs: nowMs + lifetimeMs };
    return { type: 'value', value };
  }
}
