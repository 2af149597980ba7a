/** Below this many retries in flight the percentage does not count, so that quiet policies can fail over at all. */
const MIN_RETRIES = 3;

/**
 * Bounds the load that retries add: at most a percentage of the requests in flight may be retries, so that a dead
 * provider is not hit several times as hard as a living one (Envoy's retry budget: 20 %, at least 3). Retries after a
 * refused connection are free: the provider never saw the request, so callers do not ask here for those.
 */
export class RetryBudget {
  #requests = 0;
  #retries = 0;

  get requestsInFlight(): number {
    return this.#requests;
  }

  get retriesInFlight(): number {
    return this.#retries;
  }

  beginRequest(): void {
    this.#requests += 1;
  }

  endRequest(): void {
    this.#requests = Math.max(0, this.#requests - 1);
  }

  /** Takes a place for one retry. True must be followed by exactly one `endRetry`. */
  tryBeginRetry(budgetPercent: number): boolean {
    const allowed = Math.max(MIN_RETRIES, Math.floor((this.#requests * budgetPercent) / 100));
    if (this.#retries >= allowed) return false;
    this.#retries += 1;
    return true;
  }

  endRetry(): void {
    this.#retries = Math.max(0, this.#retries - 1);
  }
}
