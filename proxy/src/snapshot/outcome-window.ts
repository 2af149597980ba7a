const BUCKETS = 10;

/** Successes and failures of the last `windowMs`, in ten buckets: constant memory, no timer. Time is handed in. */
export class OutcomeWindow {
  readonly #failures: number[] = new Array<number>(BUCKETS).fill(0);
  readonly #totals: number[] = new Array<number>(BUCKETS).fill(0);
  #bucketMs: number;
  /** Number of the newest bucket since time zero; the ones before it are its neighbours in the ring. */
  #newest = 0;
  #failureSum = 0;
  #totalSum = 0;

  constructor(windowMs: number) {
    this.#bucketMs = windowMs / BUCKETS;
  }

  record(nowMs: number, failed: boolean): void {
    this.#advance(nowMs);
    const slot = this.#newest % BUCKETS;
    this.#totals[slot] = (this.#totals[slot] ?? 0) + 1;
    this.#totalSum += 1;
    if (!failed) return;
    this.#failures[slot] = (this.#failures[slot] ?? 0) + 1;
    this.#failureSum += 1;
  }

  /** Outcomes in the window and how many of them failed. */
  count(nowMs: number): { readonly total: number; readonly failures: number } {
    this.#advance(nowMs);
    return { total: this.#totalSum, failures: this.#failureSum };
  }

  reset(windowMs: number = this.#bucketMs * BUCKETS): void {
    this.#bucketMs = windowMs / BUCKETS;
    this.#newest = 0;
    this.#failures.fill(0);
    this.#totals.fill(0);
    this.#failureSum = 0;
    this.#totalSum = 0;
  }

  /** Empties the buckets that time has passed over. A clock that goes back is treated as standing still. */
  #advance(nowMs: number): void {
    const current = Math.floor(nowMs / this.#bucketMs);
    const passed = Math.min(BUCKETS, current - this.#newest);
    for (let i = 1; i <= passed; i += 1) {
      const slot = (current - passed + i) % BUCKETS;
      this.#totalSum -= this.#totals[slot] ?? 0;
      this.#failureSum -= this.#failures[slot] ?? 0;
      this.#totals[slot] = 0;
      this.#failures[slot] = 0;
    }
    if (passed > 0) this.#newest = current;
  }
}
