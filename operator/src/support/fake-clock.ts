import type { Clock, Timer } from './clock.ts';

interface FakeTimer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** A clock for tests: time stands still until `advance` moves it, so nothing sleeps and nothing is flaky. */
export class FakeClock implements Clock {
  #elapsedMs = 0;
  #wallMs: number;
  readonly #timers = new Set<FakeTimer>();

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#wallMs = startMs;
  }

  now(): number {
    return this.#wallMs + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  setTimeout(run: () => void, delayMs: number): Timer {
    const timer: FakeTimer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), run };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Delays of the timers that are set, from now, shortest first. */
  pendingMs(): readonly number[] {
    return [...this.#timers].map((timer) => timer.dueMs - this.#elapsedMs).sort((a, b) => a - b);
  }

  /** Lets `ms` pass: fires the timers that fall due in order and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms;
    await settle();
    for (let next = this.#nextDue(untilMs); next !== undefined; next = this.#nextDue(untilMs)) {
      this.#timers.delete(next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      next.run();
      await settle();
    }
    this.#elapsedMs = untilMs;
    await settle();
  }

  /** Lets time pass without running a timer: what a process sees that was stopped and continued. */
  pause(ms: number): void {
    this.#elapsedMs += ms;
  }

  /** Moves only the wall clock, as a time server or a suspended machine does. */
  jumpWall(ms: number): void {
    this.#wallMs += ms;
  }

  #nextDue(untilMs: number): FakeTimer | undefined {
    let earliest: FakeTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= untilMs && (earliest === undefined || timer.dueMs < earliest.dueMs)) earliest = timer;
    }
    return earliest;
  }
}

/** A few turns of the event loop: enough for chains of awaits without input or output. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}
