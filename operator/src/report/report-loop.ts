import { isDeepStrictEqual } from 'node:util';
import type { KindName, ModelConsumer, ModelProvider, RejectedResource, ReportFrame, ResourceKey, RoutePolicy } from '@headgate/crds';
import type { World } from '../collect/world.ts';
import type { Compilation, ObjectDiagnostics } from '../compile/compilation.ts';
import type { PublishedTable } from '../deliver/table-publisher.ts';
import type { Clock, Timer } from '../support/clock.ts';
import type { Logger } from '../support/logger.ts';
import { Acknowledgements, type Programming } from './acknowledgements.ts';
import { consumerStatus } from './consumer-status.ts';
import { Observations } from './observations.ts';
import { policyStatus } from './policy-status.ts';
import { providerStatus } from './provider-status.ts';
import type { ObjectStatus, StatusSink } from './status-sink.ts';

const SWEEP_MS = 1_000;
/** An ack or an edit is worth a look soon: somebody may be waiting for `Programmed`. */
const SOON_MS = 50;
/** The proxies usually answer within this; until then a write that says `Pending` would only be taken back. */
const PATIENCE_MS = 300;
/** A new leader gives the proxies of the old one this long to come over before it calls their absence a fact. */
const SETTLE_MS = 10_000;
/** Numbers of so many objects are looked at in every sweep ... */
const MIN_PER_SWEEP = 200;
/** ... and with more objects the round takes this many sweeps, which keeps numbers fresh within 10 s. */
const SWEEPS_PER_ROUND = 5;

export interface ReportLoopOptions {
  readonly sink: StatusSink;
  /** Why the list of models of a provider could not be read last. */
  readonly listingError: (key: ResourceKey) => string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Merges what the compiler says, what proxies acknowledged and what they observed into the status of every object. What
 * changed is merged at once, numbers of the rest in turns, so that the cost of an edit does not grow with the objects.
 */
export class ReportLoop {
  readonly #options: ReportLoopOptions;
  readonly #acknowledgements: Acknowledgements = new Acknowledgements();
  readonly #last = new Map<ResourceKey, ObjectStatus>();
  /** To be merged in the next tick. */
  readonly #dirty = new Set<ResourceKey>();
  /** Not every proxy has answered its present form yet; the value is until when that is not worth a word (monotonic ms). */
  readonly #unanswered = new Map<ResourceKey, number>();
  #published: PublishedTable | undefined;
  #observations: Observations = new Observations();
  #compilation: Compilation | undefined;
  #objects: ReadonlyMap<ResourceKey, ReportedObject> = new Map();
  #round: Iterator<ResourceKey> = [].values();
  #settledAtMs = 0;
  #sweepAtMs = 0;
  #timer: Timer | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #running = false;

  constructor(options: ReportLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.#schedule(SWEEP_MS);
  }

  /** This replica leads from now on. */
  lead(): void {
    this.#settledAtMs = this.#options.clock.monotonic() + SETTLE_MS;
  }

  /** A table was published. */
  published(table: PublishedTable): void {
    this.#acknowledgements.published(table);
    const patientUntilMs = this.#options.clock.monotonic() + PATIENCE_MS;
    for (const [key, { hash }] of table.resources) {
      if (this.#published?.resources.get(key)?.hash !== hash) this.#unanswered.set(key, patientUntilMs);
    }
    this.#published = table;
    this.#touch(this.#unanswered.keys());
  }

  compiled(compilation: Compilation, world: World): void {
    const objects = reportedObjects(compilation, world);
    for (const [key, { diagnostics }] of objects) {
      if (!isDeepStrictEqual(diagnostics, this.#objects.get(key)?.diagnostics)) this.#dirty.add(key);
    }
    this.#compilation = compilation;
    this.#objects = objects;
    for (const [key, status] of this.#last) {
      if (objects.has(key)) continue;
      this.#last.delete(key);
      this.#options.sink.forget(status);
    }
    this.#observations.retain((key) => objects.has(key));
    this.#touch([]);
  }

  joined(proxyId: string): void {
    this.#acknowledgements.joined(proxyId);
    const patientUntilMs = this.#options.clock.monotonic() + PATIENCE_MS;
    for (const key of this.#objects.keys()) this.#unanswered.set(key, patientUntilMs);
    this.#touch(this.#unanswered.keys());
  }

  acknowledged(proxyId: string, revision: number, rejected: readonly RejectedResource[]): void {
    this.#acknowledgements.acked(proxyId, revision, rejected);
    this.#touch([...this.#unanswered.keys(), ...rejected.map(({ key }) => key)]);
  }

  /** False = a repetition, or older than what was merged already. */
  reported(report: ReportFrame): boolean {
    return this.#observations.merge(report, this.#options.clock.now());
  }

  gone(proxyId: string): void {
    this.#acknowledgements.gone(proxyId);
    this.#observations.gone(proxyId);
    this.#touch(this.#objects.keys());
  }

  /** Leadership was lost: what proxies say now, they say to somebody else. */
  clear(): void {
    this.#compilation = undefined;
    this.#published = undefined;
    this.#objects = new Map();
    this.#last.clear();
    this.#dirty.clear();
    this.#unanswered.clear();
    this.#acknowledgements.reset();
    this.#observations = new Observations();
    this.#options.sink.clear();
  }

  /** The statuses as last merged. */
  objects(): readonly ObjectStatus[] {
    return [...this.#last.values()];
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    await this.#options.sink.stop();
  }

  #touch(keys: Iterable<ResourceKey>): void {
    for (const key of keys) this.#dirty.add(key);
    this.#schedule(SOON_MS);
  }

  #schedule(delayMs: number): void {
    if (!this.#running) return;
    const dueMs = this.#options.clock.monotonic() + delayMs;
    if (dueMs >= this.#dueMs) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = this.#options.clock.setTimeout(() => this.#tick(), delayMs);
  }

  #tick(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#options.clock.monotonic();
    if (!this.#isSettling()) {
      for (const key of this.#dirty) if (this.#report(key)) this.#dirty.delete(key);
      if (nowMs >= this.#sweepAtMs) {
        this.#sweepAtMs = nowMs + SWEEP_MS;
        this.#sweep();
      }
    }
    this.#schedule(this.#dirty.size > 0 ? SOON_MS : Math.max(SOON_MS, this.#sweepAtMs - nowMs));
  }

  #sweep(): void {
    const count = Math.min(this.#objects.size, Math.max(MIN_PER_SWEEP, Math.ceil(this.#objects.size / SWEEPS_PER_ROUND)));
    for (let done = 0; done < count; done++) {
      let next = this.#round.next();
      if (next.done === true) {
        this.#round = [...this.#objects.keys()].values();
        next = this.#round.next();
      }
      if (next.done !== true) this.#report(next.value);
    }
  }

  /** Fewer proxies are here, or fewer lists, than the leader before counted, and they may be on their way. */
  #isSettling(): boolean {
    if (this.#options.clock.monotonic() >= this.#settledAtMs) return false;
    if (this.#compilation === undefined) return true;
    // The settings are in every table, so this counts the proxies that hold one of ours.
    const { applied } = this.#acknowledgements.programming('settings');
    for (const { object } of this.#objects.values()) if ((object.status?.dataplane?.total ?? 0) > applied) return true;
    for (const item of this.#objects.values()) if (item.kind === 'ModelProvider' && this.#awaitsList(item.key, item.object)) return true;
    this.#settledAtMs = 0;
    return false;
  }

  /** What policies say of missing models would be taken back and said again. */
  #awaitsList(key: ResourceKey, { status }: ModelProvider): boolean {
    const discovery = this.#compilation?.offers.get(key)?.discovery;
    return discovery !== undefined && discovery.names() === undefined && status?.discovery?.models !== undefined;
  }

  /** False = not yet, for the proxies are about to answer. */
  #report(key: ResourceKey): boolean {
    const programming = this.#acknowledgements.programming(key);
    const answered = programming.applied + programming.rejected.length >= programming.total;
    if (answered) this.#unanswered.delete(key);
    if ((this.#unanswered.get(key) ?? 0) > this.#options.clock.monotonic()) return false;
    const item = this.#objects.get(key);
    if (item === undefined) return true;
    try {
      const merged = this.#merge(item, programming);
      this.#last.set(key, merged);
      this.#options.sink.want(merged);
    } catch (error) {
      // One object that cannot be judged must not keep the others from being reported.
      this.#options.log.error({ object: key, error: error instanceof Error ? error.stack : String(error) }, 'status could not be made');
    }
    return true;
  }

  #merge(item: ReportedObject, programming: Programming): ObjectStatus {
    const { key, diagnostics } = item;
    const nowMs = this.#options.clock.now();
    const input = { diagnostics, programming, nowMs };
    const last = this.#last.get(key);
    switch (item.kind) {
      case 'ModelProvider': {
        const previous = last?.kind === 'ModelProvider' ? last.status : item.object.status;
        const resource = this.#compilation?.resources.get(key);
        const body = resource?.type === 'provider' ? resource : undefined;
        const observation = this.#observations.provider(key, nowMs);
        const offer = this.#compilation?.offers.get(key);
        const listingError = this.#options.listingError(key);
        const status = providerStatus({ ...input, previous, object: item.object, body, observation, offer, listingError });
        return { key, kind: item.kind, object: item.object, status };
      }
      case 'RoutePolicy': {
        const previous = last?.kind === 'RoutePolicy' ? last.status : item.object.status;
        const observation = this.#observations.policy(key, nowMs);
        return {
          key,
          kind: item.kind,
          object: item.object,
          status: policyStatus({ ...input, previous, object: item.object, observation }),
        };
      }
      case 'ModelConsumer': {
        const previous = last?.kind === 'ModelConsumer' ? last.status : item.object.status;
        return { key, kind: item.kind, object: item.object, status: consumerStatus({ ...input, previous }) };
      }
    }
  }
}

type Undiagnosed =
  | { readonly kind: 'ModelProvider'; readonly object: ModelProvider }
  | { readonly kind: 'RoutePolicy'; readonly object: RoutePolicy }
  | { readonly kind: 'ModelConsumer'; readonly object: ModelConsumer };

type ReportedObject = Undiagnosed & { readonly key: ResourceKey; readonly diagnostics: ObjectDiagnostics };

const KEY_PREFIX: Readonly<Record<KindName, string>> = { ModelProvider: 'provider', RoutePolicy: 'policy', ModelConsumer: 'consumer' };

function reportedObjects({ diagnostics }: Compilation, world: World): ReadonlyMap<ResourceKey, ReportedObject> {
  const objects = new Map<ResourceKey, ReportedObject>();
  const add = (item: Undiagnosed): void => {
    const { namespace, name } = item.object?.metadata ?? {};
    const key = `${KEY_PREFIX[item.kind]}/${namespace}/${name}`;
    const found = diagnostics.get(key);
    if (found !== undefined) objects.set(key, { ...item, key, diagnostics: found });
  };
  for (const object of world.providers) add({ kind: 'ModelProvider', object });
  for (const object of world.policies) add({ kind: 'RoutePolicy', object });
  for (const object of world.consumers) add({ kind: 'ModelConsumer', object });
  return objects;
}
