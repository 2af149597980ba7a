import type { Clock } from './clock.ts';
import { SlotList, type Slotted } from './slot-list.ts';

/** Something that must happen before a point in time. The holder moves `dueAtMs` as often as it likes, at no cost. */
export interface Deadline extends Slotted {
  /** On the monotonic clock; Infinity = not waiting for anything. */
  dueAtMs: number;
  /** Called once; the deadline has been removed from its list by then. */
  onDue(nowMs: number): void;
}

/**
 * One shared ticking list instead of a timer per phase and request: adding, moving and removing cost no timer
 * operation. A deadline fires up to one tick late and never early.
 */
export class DeadlineList {
  readonly #pending = new SlotList<Deadline>();
  readonly #clock: Clock;
  readonly #tickMs: number;
  #timer: NodeJS.Timeout | undefined;
  #nowMs: number;

  constructor(clock: Clock, tickMs = 50) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    this.#nowMs = clock.monotonicMs();
  }

  /** Time of the last tick: at most one tick old while anything is pending, and free to read. */
  get coarseNowMs(): number {
    return this.#nowMs;
  }

  get size(): number {
    return this.#pending.size;
  }

  add(deadline: Deadline): void {
    this.#pending.add(deadline);
    if (this.#timer === undefined) {
      this.#nowMs = this.#clock.monotonicMs();
      this.#timer = setInterval(() => this.tick(), this.#tickMs);
      this.#timer.unref();
    }
  }

  remove(deadline: Deadline): void {
    this.#pending.remove(deadline);
  }

  /** Fires what is due; called by the list's own timer. */
  tick(): void {
    this.#nowMs = this.#clock.monotonicMs();
    this.#pending.forEach((deadline) => {
      if (deadline.dueAtMs > this.#nowMs) return;
      this.#pending.remove(deadline);
      deadline.onDue(this.#nowMs);
    });
    // Stopped only by a tick that finds nothing, so that steady traffic never starts or stops timers.
    if (this.#pending.size === 0) this.stop();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
