import type { Clock, Timer } from '../support/clock.ts';

export interface DebounceTimes {
  /** Runs when nothing was triggered for this long ... */
  readonly quietMs: number;
  /** ... or this long after the first trigger, however busy it is. */
  readonly maxMs: number;
}

/** One run for a burst of triggers. Defaults as agentgateway's: 10 ms of quiet, at most 1 s. */
export class Debouncer {
  readonly #clock: Clock;
  readonly #run: (firstTriggerMs: number) => void;
  readonly #times: DebounceTimes;
  #timer: Timer | undefined;
  #first: { readonly monotonicMs: number; readonly wallMs: number } | undefined;

  /** @param run gets the wall time (ms since 1970) of the first trigger it answers */
  constructor(clock: Clock, run: (firstTriggerMs: number) => void, times: DebounceTimes = { quietMs: 10, maxMs: 1000 }) {
    this.#clock = clock;
    this.#run = run;
    this.#times = times;
  }

  trigger(): void {
    const nowMs = this.#clock.monotonic();
    this.#first ??= { monotonicMs: nowMs, wallMs: this.#clock.now() };
    this.#timer?.cancel();
    const latestMs = this.#first.monotonicMs + this.#times.maxMs - nowMs;
    this.#timer = this.#clock.setTimeout(() => this.#fire(), Math.max(0, Math.min(this.#times.quietMs, latestMs)));
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#first = undefined;
  }

  #fire(): void {
    const firstMs = this.#first?.wallMs ?? this.#clock.now();
    this.cancel();
    this.#run(firstMs);
  }
}
