/**
 * Exponential back-off per key, as client-go's workqueue: `baseMs * 2^(failures - 1)` up to `maxMs`.
 * @param failures how often the key has failed in a row, from 1
 */
export function exponentialBackoffMs(failures: number, baseMs: number, maxMs: number): number {
  return Math.min(maxMs, baseMs * 2 ** Math.min(Math.max(0, failures - 1), 62));
}

/**
 * Decorrelated jitter: each delay is drawn between the base and three times the one before, so that clients which lost
 * the same server do not come back in step. Source: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
 */
export class DecorrelatedBackoff {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #previousMs: number;

  /** @param random uniform in [0, 1) */
  constructor(baseMs: number, maxMs: number, random: () => number) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
    this.#random = random;
    this.#previousMs = baseMs;
  }

  nextMs(): number {
    const ceilingMs = Math.max(this.#baseMs, this.#previousMs * 3);
    this.#previousMs = Math.min(this.#maxMs, this.#baseMs + this.#random() * (ceilingMs - this.#baseMs));
    return this.#previousMs;
  }

  reset(): void {
    this.#previousMs = this.#baseMs;
  }
}
