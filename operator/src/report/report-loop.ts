import type { KindName, ModelConsumer, ModelProvider, RejectedResource, ReportFrame, ResourceKey, RoutePolicy } from '@headgate/crds';
import type { World } from '../collect/world.ts';
import type { Compilation, ObjectDiagnostics } from '../compile/compilation.ts';
import type { PublishedTable } from '../deliver/table-publisher.ts';
import type { Clock, Timer } from '../support/clock.ts';
import type { Logger } from '../support/logger.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { consumerStatus } from './consumer-status.ts';
import { Observations } from './observations.ts';
import { policyStatus } from './policy-status.ts';
import { providerStatus } from './provider-status.ts';
import type { ObjectStatus, StatusSink } from './status-sink.ts';

const TICK_MS = 1_000;
/** An ack or an edit is worth a look soon: somebody may be waiting for `Programmed`. */
const SOON_MS = 50;
/** A new leader gives the proxies of the old one this long to come over before it calls their absence a fact. */
const SETTLE_MS = 10_000;
/** Objects per tick are bounded so that many of them take more time, not more of the processor. */
const OBJECTS_PER_TICK = 2_000;

export interface ReportLoopOptions {
  readonly sink: StatusSink;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Merges what the compiler says, what proxies acknowledged and what they observed into the status of every object. */
export class ReportLoop {
  readonly #options: ReportLoopOptions;
  readonly #acknowledgements: Acknowledgements = new Acknowledgements();
  readonly #last = new Map<ResourceKey, ObjectStatus>();
  #observations: Observations = new Observations();
  #compiled: { readonly compilation: Compilation; readonly world: World } | undefined;
  #objects: readonly ReportedObject[] = [];
  #cursor = 0;
  #settledAtMs = 0;
  #timer: Timer | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #running = false;

  constructor(options: ReportLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.#schedule(TICK_MS);
  }

  /** This replica leads from now on. */
  lead(): void {
    this.#settledAtMs = this.#options.clock.monotonic() + SETTLE_MS;
  }

  /** A table was published. */
  published(table: PublishedTable): void {
    this.#acknowledgements.published(table);
  }

  compiled(compilation: Compilation, world: World): void {
    this.#compiled = { compilation, world };
    this.#objects = reportedObjects(compilation, world);
    const keys = new Set(this.#objects.map(({ key }) => key));
    for (const [key, status] of this.#last) {
      if (keys.has(key)) continue;
      this.#last.delete(key);
      this.#options.sink.forget(status);
    }
    this.#observations.retain((key) => keys.has(key));
    this.#schedule(SOON_MS);
  }

  joined(proxyId: string): void {
    this.#acknowledgements.joined(proxyId);
    this.#schedule(SOON_MS);
  }

  acknowledged(proxyId: string, revision: number, rejected: readonly RejectedResource[]): void {
    this.#acknowledgements.acked(proxyId, revision, rejected);
    this.#schedule(SOON_MS);
  }

  reported(report: ReportFrame): void {
    this.#observations.merge(report, this.#options.clock.now());
  }

  gone(proxyId: string): void {
    this.#acknowledgements.gone(proxyId);
    this.#observations.gone(proxyId);
    this.#schedule(SOON_MS);
  }

  /** Leadership was lost: what proxies say now, they say to somebody else. */
  clear(): void {
    this.#compiled = undefined;
    this.#objects = [];
    this.#last.clear();
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
    const count = this.#isSettling() ? 0 : Math.min(OBJECTS_PER_TICK, this.#objects.length);
    for (let done = 0; done < count; done++) {
      const object = this.#objects[this.#cursor % this.#objects.length];
      this.#cursor = (this.#cursor + 1) % this.#objects.length;
      if (object !== undefined) this.#report(object);
    }
    this.#schedule(TICK_MS);
  }

  /** Fewer proxies are here than the leader before counted, and they may be on their way. */
  #isSettling(): boolean {
    if (this.#options.clock.monotonic() >= this.#settledAtMs) return false;
    if (this.#compiled === undefined) return true;
    // The settings are in every table, so this counts the proxies that hold one of ours.
    const { applied } = this.#acknowledgements.programming('settings');
    if (this.#objects.some(({ object }) => (object.status?.dataplane?.total ?? 0) > applied)) return true;
    this.#settledAtMs = 0;
    return false;
  }

  #report(item: ReportedObject): void {
    try {
      const merged = this.#merge(item);
      this.#last.set(item.key, merged);
      this.#options.sink.want(merged);
    } catch (error) {
      // One object that cannot be judged must not keep the others from being reported.
      this.#options.log.error(
        { object: item.key, error: error instanceof Error ? error.stack : String(error) },
        'status could not be made',
      );
    }
  }

  #merge(item: ReportedObject): ObjectStatus {
    const { key, diagnostics } = item;
    const nowMs = this.#options.clock.now();
    const input = { diagnostics, programming: this.#acknowledgements.programming(key), nowMs };
    const last = this.#last.get(key);
    switch (item.kind) {
      case 'ModelProvider': {
        const previous = last?.kind === item.kind ? (last.status as ModelProvider['status']) : item.object.status;
        const resource = this.#compiled?.compilation.resources.get(key);
        const body = resource?.type === 'provider' ? resource : undefined;
        const observation = this.#observations.provider(key, nowMs);
        const status = providerStatus({ ...input, previous, object: item.object, body, observation });
        return { key, kind: item.kind, object: item.object, status };
      }
      case 'RoutePolicy': {
        const previous = last?.kind === item.kind ? (last.status as RoutePolicy['status']) : item.object.status;
        const observation = this.#observations.policy(key, nowMs);
        return {
          key,
          kind: item.kind,
          object: item.object,
          status: policyStatus({ ...input, previous, object: item.object, observation }),
        };
      }
      case 'ModelConsumer': {
        const previous = last?.kind === item.kind ? (last.status as ModelConsumer['status']) : item.object.status;
        return { key, kind: item.kind, object: item.object, status: consumerStatus({ ...input, previous }) };
      }
    }
  }
}

type ReportedObject = { readonly key: ResourceKey; readonly diagnostics: ObjectDiagnostics } & (
  | { readonly kind: 'ModelProvider'; readonly object: ModelProvider }
  | { readonly kind: 'RoutePolicy'; readonly object: RoutePolicy }
  | { readonly kind: 'ModelConsumer'; readonly object: ModelConsumer }
);

const KEY_PREFIX: Readonly<Record<KindName, string>> = { ModelProvider: 'provider', RoutePolicy: 'policy', ModelConsumer: 'consumer' };

function reportedObjects({ diagnostics }: Compilation, world: World): readonly ReportedObject[] {
  const keyed = <T extends ModelProvider | RoutePolicy | ModelConsumer>(kind: KindName, objects: readonly T[]) =>
    objects.flatMap((object) => {
      const key = `${KEY_PREFIX[kind]}/${object?.metadata?.namespace}/${object?.metadata?.name}`;
      const found = diagnostics.get(key);
      return found === undefined ? [] : [{ key, diagnostics: found, object }];
    });
  return [
    ...keyed('ModelProvider', world.providers).map((item) => ({ ...item, kind: 'ModelProvider' as const })),
    ...keyed('RoutePolicy', world.policies).map((item) => ({ ...item, kind: 'RoutePolicy' as const })),
    ...keyed('ModelConsumer', world.consumers).map((item) => ({ ...item, kind: 'ModelConsumer' as const })),
  ];
}
