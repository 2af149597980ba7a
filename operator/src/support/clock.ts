/** A timer that has been set; cancelling one that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time as it is handed to everything that waits, so that a test can move it by hand (fake-clock.ts). */
export interface Clock {
  /** Milliseconds since 1970; may jump either way. For what people read, never for measuring how long something took. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number;
  setTimeout(run: () => void, delayMs: number): Timer;
}

/** Longest delay that Node's timers accept; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (run, delayMs) => {
    const timeout = setTimeout(run, Math.min(Math.max(0, delayMs), MAX_DELAY_MS));
    return { cancel: () => clearTimeout(timeout) };
  },
};
