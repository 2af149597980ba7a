import { createHash } from 'node:crypto';
import type { Clock } from '../support/clock.ts';
import type { Count } from '../support/counters.ts';
import type { ApiError, KubeApi } from '../support/kube-api.ts';
import type { KubeObject } from '../support/kube-object.ts';
import { apiVersionOf, RESOURCES, type ResourceType } from '../support/kube-resource.ts';
import { microTime } from '../support/lease.ts';
import type { Logger } from '../support/logger.ts';
import { TokenBucket } from '../support/token-bucket.ts';
import { type Handled, WorkQueue } from '../support/work-queue.ts';

/** client-go's: a repeat within ten minutes is counted on the Event that exists. */
const SERIES_MS = 600_000;
/** The count of a series is written at most this often. */
const REPEAT_MS = 10_000;
/** client-go's spam filter: 25 Events of one object at once, then one per five minutes. */
const OBJECT_BURST = 25;
const OBJECT_PER_SECOND = 1 / 300;
const MAX_SERIES = 4_096;
const MAX_WAITING = 1_000;
const MAX_ATTEMPTS = 5;
/** The API's limit. */
const MAX_NOTE_BYTES = 1_024;

export interface Transition {
  readonly resource: ResourceType;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | undefined;
  /** What changed, e.g. the type of a condition; also the Event's action. */
  readonly topic: string;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase. */
  readonly reason: string;
  /** For people; must not hold anything secret. */
  readonly note: string;
}

export interface EventRecorderOptions {
  readonly api: Pick<KubeApi, 'create' | 'mergePatch'>;
  /** Asked before every write. */
  readonly mayWrite: () => boolean;
  /** Name of this operator process, e.g. its pod. */
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly count: Count;
}

interface Series {
  readonly transition: Transition;
  /** Unique per process and series: Events of an earlier process cannot be changed, their time is fixed. */
  readonly eventName: string;
  readonly firstMs: number;
  lastMs: number;
  count: number;
  /** Occurrences that the API server knows of. */
  written: number;
}

/**
 * Events (events.k8s.io/v1) for what people should notice. Only transitions become Events: the same reason on the same topic of
 * an object again is not one. Repeats are counted, floods are dropped, and nothing here grows without bound.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #queue: WorkQueue;
  readonly #series = new Map<string, Series>();
  /** object and topic -> reason */
  readonly #lastReasons = new Map<string, string>();
  readonly #budgets = new Map<string, TokenBucket>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    const { clock, logger, count } = options;
    this.#queue = new WorkQueue({ name: 'events', clock, logger, count, concurrency: 1, baseDelayMs: 1_000, maxDelayMs: 60_000 }, (key) =>
      this.#send(key),
    );
  }

  /** Notes where a topic stands without an Event: what an operator finds when it starts is not news. */
  seed(transition: Pick<Transition, 'resource' | 'namespace' | 'name' | 'uid' | 'topic' | 'reason'>): void {
    remember(this.#lastReasons, topicKey(transition), transition.reason);
  }

  record(transition: Transition): void {
    const topic = topicKey(transition);
    const repeated = this.#lastReasons.get(topic) === transition.reason;
    if (repeated) this.#count('repeated');
    if (repeated || !this.#options.mayWrite()) return;
    remember(this.#lastReasons, topic, transition.reason);
    const nowMs = this.#options.clock.now();
    const key = createHash('sha256').update(`${topic} ${transition.type} ${transition.reason} ${transition.note}`).digest('hex');
    const known = this.#series.get(key);
    if (known !== undefined && nowMs - known.lastMs < SERIES_MS) {
      known.count += 1;
      known.lastMs = nowMs;
      this.#queue.addAfter(key, known.written === 0 ? 0 : REPEAT_MS);
      return;
    }
    if (this.#queue.size() >= MAX_WAITING || !this.#budget(transition).take(this.#options.clock.monotonic())) {
      this.#count('dropped');
      return;
    }
    const eventName = `${transition.name.slice(0, 200)}.${key.slice(0, 12)}${nowMs.toString(16)}`;
    remember(this.#series, key, { transition, eventName, firstMs: nowMs, lastMs: nowMs, count: 1, written: 0 });
    this.#queue.add(key);
  }

  /** Drops what waits; resolves when the write in flight has ended. */
  stop(): Promise<void> {
    return this.#queue.shutDown();
  }

  async #send(key: string): Promise<Handled> {
    const series = this.#series.get(key);
    if (series === undefined || series.written >= series.count || !this.#options.mayWrite()) return { type: 'done' };
    const { count, eventName, transition } = series;
    const lastObservedTime = microTime(series.lastMs);
    const { api } = this.#options;
    const sent =
      series.written === 0
        ? await api.create(RESOURCES.events, this.#event(series))
        : await api.mergePatch(
            RESOURCES.events,
            { namespace: transition.namespace, name: eventName },
            { series: { count, lastObservedTime } },
          );
    if (sent.type === 'error') return this.#failed(key, sent.error);
    this.#count(series.written === 0 ? 'created' : 'counted');
    // A series counts from the second occurrence on, so the first write carries one whatever has happened meanwhile.
    series.written = series.written === 0 ? 1 : count;
    return series.written < series.count ? { type: 'retry', afterMs: series.written === 1 ? 0 : REPEAT_MS } : { type: 'done' };
  }

  #failed(key: string, error: ApiError): Handled {
    this.#count('error');
    // An Event is a courtesy: it is not worth trying for ever, and one that expired on the server begins a new series.
    const hopeless = error.status >= 400 && error.status < 500 && error.status !== 429;
    if (!hopeless && this.#queue.failures(key) < MAX_ATTEMPTS) return { type: 'retry', afterMs: error.retryAfterMs };
    this.#options.logger.warn({ error }, 'event could not be written');
    this.#series.delete(key);
    return { type: 'done' };
  }

  #event(series: Series): KubeObject {
    const { transition, eventName, firstMs } = series;
    const { resource, namespace, name, uid, topic, type, reason, note } = transition;
    const event = {
      apiVersion: apiVersionOf(RESOURCES.events),
      kind: RESOURCES.events.kind,
      metadata: { name: eventName, namespace },
      eventTime: microTime(firstMs),
      reportingController: 'headgate.dev/operator',
      reportingInstance: this.#options.instance.slice(0, 128),
      action: topic.slice(0, 128),
      reason: reason.slice(0, 128),
      regarding: { apiVersion: apiVersionOf(resource), kind: resource.kind, namespace, name, uid },
      note: clip(note, MAX_NOTE_BYTES),
      type,
    };
    return event;
  }

  #budget(transition: Transition): TokenBucket {
    const key = `${transition.resource.plural} ${transition.namespace}/${transition.name}`;
    const known = this.#budgets.get(key);
    if (known !== undefined) return known;
    const budget = new TokenBucket(OBJECT_PER_SECOND, OBJECT_BURST, this.#options.clock.monotonic());
    remember(this.#budgets, key, budget);
    return budget;
  }

  #count(outcome: string): void {
    this.#options.count('events_total', { outcome });
  }
}

function topicKey(transition: Pick<Transition, 'resource' | 'namespace' | 'name' | 'uid' | 'topic'>): string {
  const { resource, namespace, name, uid = '', topic } = transition;
  return `${resource.plural} ${namespace}/${name} ${uid} ${topic}`;
}

/** Keeps the newest entries; the oldest goes when there are too many. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MAX_SERIES) return;
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}

function clip(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length <= maxBytes
    ? text
    : `${bytes
        .subarray(0, maxBytes - 4)
        .toString('utf8')
        .replace(/�+$/, '')}…`;
}
