/** Far more than one proxy sees between two restarts; the oldest are forgotten first. */
const MAX_BATCHES = 10_000;

/**
 * Which batches this proxy has counted. There is no state that proxies share and that outlives them, so a proxy counts a
 * batch when it first sees it finished, and only one that has ended while the proxy was there: whatever ended before may
 * have been counted before.
 */
export class BatchBook {
  readonly #startedAtMs: number;
  readonly #counted = new Set<string>();

  /** @param startedAtMs wall clock */
  constructor(startedAtMs: number) {
    this.#startedAtMs = startedAtMs;
  }

  /** True once for each: it is counted now. */
  takes(key: string, endedAtSeconds: number): boolean {
    if (endedAtSeconds * 1000 < this.#startedAtMs || this.#counted.has(key)) return false;
    const [oldest] = this.#counted;
    if (this.#counted.size >= MAX_BATCHES && oldest !== undefined) this.#counted.delete(oldest);
    this.#counted.add(key);
    return true;
  }
}
