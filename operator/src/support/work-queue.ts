import { exponentialBackoffMs } from './backoff.ts';
import type { Clock, Timer } from './clock.ts';
import type { Count } from './counters.ts';
import type { Logger } from './logger.ts';

/** What became of a key: done forgets its failures, retry puts it back, with back-off unless a delay is given. */
export type Handled = { readonly type: 'done' } | { readonly type: 'retry'; readonly afterMs?: number | undefined };

export interface WorkQueueOptions {
  /** Label of the queue in counters and logs. */
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly count: Count;
  /** Handlers that may run at once, each for another key. */
  readonly concurrency: number;
  readonly baseDelayMs?: number;
  readonly maxDelayMs?: number;
}

const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;

/**
 * Keys to work on, with the semantics of client-go's workqueue: a key waits at most once however often it is added, is
 * never handled twice at the same time, and when it is added while it is being handled it is handled once more afterwards.
 * A handler that throws is a bug that is logged and counted; its key is retried with back-off (5 ms x 2^n to 1000 s).
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #handle: (key: string) => Promise<Handled>;
  /** Keys in order of arrival that wait for a free handler. */
  readonly #ready = new Set<string>();
  readonly #processing = new Set<string>();
  /** Added while being handled. */
  readonly #dirty = new Set<string>();
  readonly #delayed = new Map<string, { readonly dueMs: number; readonly timer: Timer }>();
  readonly #failures = new Map<string, number>();
  #pumping = false;
  #shutDown = false;
  #drained: (() => void)[] = [];

  constructor(options: WorkQueueOptions, handle: (key: string) => Promise<Handled>) {
    this.#options = options;
    this.#handle = handle;
  }

  add(key: string): void {
    if (this.#shutDown) return;
    this.#cancelDelay(key);
    if (this.#processing.has(key)) this.#dirty.add(key);
    else this.#ready.add(key);
    this.#pumpSoon();
  }

  /** Adds the key later; of several delays the earliest counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#shutDown) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const dueMs = this.#options.clock.monotonic() + delayMs;
    const waiting = this.#delayed.get(key);
    if (waiting !== undefined && waiting.dueMs <= dueMs) return;
    this.#cancelDelay(key);
    const timer = this.#options.clock.setTimeout(() => this.add(key), delayMs);
    this.#delayed.set(key, { dueMs, timer });
  }

  /** Adds the key after its back-off, which grows with each call until `forget`. */
  addRateLimited(key: string): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#options.count('queue_retries_total', { queue: this.#options.name });
    const { baseDelayMs = BASE_DELAY_MS, maxDelayMs = MAX_DELAY_MS } = this.#options;
    this.addAfter(key, exponentialBackoffMs(failures, baseDelayMs, maxDelayMs));
  }

  /** The key is well again: its next failure starts from the shortest back-off. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Failures of the key in a row. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Keys that wait, now or for their time, or are being handled. */
  size(): number {
    return new Set([...this.#ready, ...this.#processing, ...this.#delayed.keys()]).size;
  }

  /** Takes no more keys and drops those that wait; resolves when the handlers that run have ended. */
  shutDown(): Promise<void> {
    this.#shutDown = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#ready.clear();
    this.#dirty.clear();
    this.#failures.clear();
    if (this.#processing.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  #cancelDelay(key: string): void {
    this.#delayed.get(key)?.timer.cancel();
    this.#delayed.delete(key);
  }

  /** Not inside add(): a handler never runs in the caller's stack, and keys added in one go are handled once. */
  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    for (const key of this.#ready) {
      if (this.#processing.size >= this.#options.concurrency) return;
      this.#ready.delete(key);
      this.#processing.add(key);
      void this.#process(key);
    }
  }

  async #process(key: string): Promise<void> {
    const handled = await this.#handleSafely(key);
    this.#processing.delete(key);
    const dirty = this.#dirty.delete(key);
    if (handled.type === 'done') this.forget(key);
    else if (!this.#shutDown && handled.afterMs === undefined) this.addRateLimited(key);
    else this.addAfter(key, handled.afterMs ?? 0);
    // Something changed meanwhile: the back-off was for what the handler saw, not for what it is now.
    if (dirty) this.add(key);
    this.#pump();
    if (this.#shutDown && this.#processing.size === 0) for (const resolve of this.#drained.splice(0)) resolve();
  }

  async #handleSafely(key: string): Promise<Handled> {
    try {
      return await this.#handle(key);
    } catch (error) {
      const queue = this.#options.name;
      this.#options.count('queue_handler_errors_total', { queue });
      this.#options.logger.error({ queue, object: key, err: error }, 'handler of a work queue threw');
      return { type: 'retry' };
    }
  }
}
