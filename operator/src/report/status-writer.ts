import { exponentialBackoffMs } from '../support/backoff.ts';
import type { Clock } from '../support/clock.ts';
import type { Count } from '../support/counters.ts';
import type { ApiError, KubeApi } from '../support/kube-api.ts';
import { type KubeObject, objectKey } from '../support/kube-object.ts';
import type { ResourceType } from '../support/kube-resource.ts';
import type { Logger } from '../support/logger.ts';
import { TokenBucket } from '../support/token-bucket.ts';
import { type Handled, WorkQueue } from '../support/work-queue.ts';
import { hasFlipped, isSameStatus } from './status-equality.ts';

const FIELD_MANAGER = 'headgate-status';
/** Per object, for anything but a flipped condition. */
const OBJECT_INTERVAL_MS = 10_000;
/** Conditions of one object that may flip at once, before flapping is slowed to one write per interval. */
const FLIP_BURST = 4;
const NUMBER_WRITES_PER_SECOND = 5;
/** A place this long past belongs to another second: used now, it would be a write more than that second's five. */
const PLACE_EXPIRES_MS = 1_000;
const CONCURRENT_WRITES = 8;
const RETRY_BASE_MS = 500;
const RETRY_MAX_MS = 60_000;
const MAX_CONFLICTS = 5;

export interface StatusTarget {
  readonly resource: ResourceType;
  readonly namespace: string;
  readonly name: string;
  /** Tells the object from one that is created in its place. */
  readonly uid: string | undefined;
}

export interface StatusWriterOptions {
  readonly api: Pick<KubeApi, 'applyStatus'>;
  /** Asked before every write: leadership may have been lost since the last. */
  readonly mayWrite: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly count: Count;
}

interface Entry {
  readonly target: StatusTarget;
  wanted: object;
  /** What the object holds as far as we know; undefined = unknown. */
  written: object | undefined;
  writtenMs: number;
  /** When a write of numbers may go out: a place in the queue of all objects, kept until used or past. */
  slotMs: number | undefined;
  readonly flips: TokenBucket;
  /** Attempts in a row that failed, and until when they forbid another. */
  failures: number;
  notBeforeMs: number;
}

/**
 * Writes statuses by server-side apply. The newest status of each object wins; equal ones are not written; one write per
 * object is in flight; a flipped condition is written at once, numbers at most every 10 s per object and 5/s over all, so
 * that busy traffic does not become load on etcd (which rewrites the whole object however small the change).
 */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #queue: WorkQueue;
  readonly #numbers: TokenBucket;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
    const { clock, logger, count } = options;
    this.#numbers = new TokenBucket(NUMBER_WRITES_PER_SECOND, NUMBER_WRITES_PER_SECOND, clock.monotonic());
    this.#queue = new WorkQueue({ name: 'status', clock, logger, count, concurrency: CONCURRENT_WRITES }, (key) => this.#handle(key));
  }

  /**
   * Asks for `status` to be on the object.
   * @param observed what the object holds according to the watch; only looked at when the object is new to the writer
   */
  want(target: StatusTarget, status: object, observed: object | undefined): void {
    const key = keyOf(target);
    const known = this.#entries.get(key);
    const entry = known !== undefined && known.target.uid === target.uid ? known : this.#newEntry(target, status, observed);
    if (entry !== known) this.#entries.set(key, entry);
    entry.wanted = status;
    if (isSameStatus(status, entry.written)) this.#options.count('status_writes_total', { outcome: 'equal' });
    else if (hasFlipped(entry.written, status)) this.#queue.add(key);
    else this.#queue.addAfter(key, numbersDueMs(entry) - this.#options.clock.monotonic());
  }

  /** The object is gone. */
  forget(resource: ResourceType, namespace: string, name: string): void {
    this.#entries.delete(keyOf({ resource, namespace, name }));
  }

  /** Leadership was lost or won: what others wrote meanwhile is unknown, so everything wanted next is compared afresh. */
  reset(): void {
    this.#entries.clear();
  }

  /** Drops what waits; resolves when the writes in flight have ended. */
  stop(): Promise<void> {
    return this.#queue.shutDown();
  }

  #newEntry(target: StatusTarget, wanted: object, observed: object | undefined): Entry {
    const nowMs = this.#options.clock.monotonic();
    const flips = new TokenBucket(1000 / OBJECT_INTERVAL_MS, FLIP_BURST, nowMs);
    return {
      target,
      wanted,
      written: observed,
      writtenMs: Number.NEGATIVE_INFINITY,
      slotMs: undefined,
      flips,
      failures: 0,
      notBeforeMs: nowMs,
    };
  }

  async #handle(key: string): Promise<Handled> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return { type: 'done' };
    if (isSameStatus(entry.wanted, entry.written)) return { type: 'done' };
    if (!this.#options.mayWrite()) {
      // The next leader writes what it finds; should that be us, everything is wanted anew.
      this.#entries.delete(key);
      this.#options.count('status_writes_total', { outcome: 'not_leader' });
      return { type: 'done' };
    }
    const waitMs = this.#waitMs(entry);
    if (waitMs > 0) return { type: 'retry', afterMs: waitMs };
    return this.#write(key, entry);
  }

  #waitMs(entry: Entry): number {
    const nowMs = this.#options.clock.monotonic();
    // After a failure its back-off is the only limit.
    if (entry.failures > 0) return Math.max(0, entry.notBeforeMs - nowMs);
    if (hasFlipped(entry.written, entry.wanted) && entry.flips.take(nowMs)) return 0;
    if (entry.slotMs === undefined || nowMs - numbersDueMs(entry) > PLACE_EXPIRES_MS) {
      entry.slotMs = undefined;
      const earliestMs = Math.max(nowMs, entry.writtenMs + OBJECT_INTERVAL_MS);
      if (earliestMs > nowMs) return earliestMs - nowMs;
      entry.slotMs = nowMs + this.#numbers.reserveMs(nowMs);
    }
    return Math.max(0, numbersDueMs(entry) - nowMs);
  }

  async #write(key: string, entry: Entry): Promise<Handled> {
    const { resource, namespace, name, uid } = entry.target;
    const status = entry.wanted;
    entry.writtenMs = this.#options.clock.monotonic();
    // A flip that goes first leaves the reserved place for the numbers after it: given up, it would be nobody's.
    if (entry.slotMs !== undefined && entry.slotMs <= entry.writtenMs) entry.slotMs = undefined;
    const object: KubeObject & { readonly status: object } = { metadata: { name, namespace }, status };
    const answer = await this.#options.api.applyStatus(resource, object, FIELD_MANAGER);
    if (answer.type === 'error') return this.#failed(key, entry, answer.error);
    if (uid !== undefined && answer.value.metadata.uid !== uid) return this.#wroteToAnother(key, entry);
    this.#options.count('status_writes_total', { outcome: 'ok' });
    entry.written = status;
    entry.failures = 0;
    return isSameStatus(entry.wanted, status) ? { type: 'done' } : { type: 'retry', afterMs: 0 };
  }

  /**
   * The object was deleted and made anew under its name, and has got the status of its predecessor: the API server checks no
   * uid on a status (measured on 1.36). What the new one holds is unknown now, so it is written when it is wanted.
   */
  #wroteToAnother(key: string, entry: Entry): Handled {
    this.#options.count('status_writes_total', { outcome: 'gone' });
    const successor = this.#entries.get(key);
    if (successor === undefined || successor === entry) {
      this.#entries.delete(key);
      return { type: 'done' };
    }
    successor.written = undefined;
    return { type: 'retry', afterMs: 0 };
  }

  #failed(key: string, entry: Entry, error: ApiError): Handled {
    entry.failures += 1;
    // A conflict that stays: another object has taken the name. 422: the API server will never take this status, a newer one perhaps.
    const refused = error.status === 422 || (error.status === 409 && entry.failures >= MAX_CONFLICTS);
    const outcome = error.status === 404 ? 'gone' : refused ? 'refused' : 'error';
    this.#options.count('status_writes_total', { outcome });
    if (outcome !== 'gone' && error.status !== 409) this.#options.logger.warn({ error, object: key }, 'status write failed');
    if (outcome !== 'error') {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      return { type: 'done' };
    }
    // Without an answer it may have been written all the same.
    entry.written = undefined;
    const backoffMs = exponentialBackoffMs(entry.failures, RETRY_BASE_MS, RETRY_MAX_MS);
    const delayMs = Math.max(backoffMs, error.retryAfterMs ?? 0);
    entry.notBeforeMs = this.#options.clock.monotonic() + delayMs;
    return { type: 'retry', afterMs: delayMs };
  }
}

/** Monotonic ms from which the numbers of an object may be written. */
function numbersDueMs(entry: Entry): number {
  return Math.max(entry.slotMs ?? 0, entry.writtenMs + OBJECT_INTERVAL_MS);
}

function keyOf(target: Pick<StatusTarget, 'resource' | 'namespace' | 'name'>): string {
  return `${target.resource.plural} ${objectKey(target)}`;
}
