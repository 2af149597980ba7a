import type { Condition, KindName } from '@headgate/crds';
import { RESOURCES, type ResourceType } from '../support/kube-resource.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { ObjectStatus, StatusSink } from './status-sink.ts';
import type { StatusWriter } from './status-writer.ts';

const RESOURCE_OF: Readonly<Record<KindName, ResourceType>> = {
  ModelProvider: RESOURCES.modelProviders,
  RoutePolicy: RESOURCES.routePolicies,
  ModelConsumer: RESOURCES.modelConsumers,
};
/** Summed up by the others. */
const NO_TOPIC = 'Ready';
/** Passing states of every edit, or no news at all. */
const PASSING: ReadonlySet<string> = new Set(['Pending', 'PartiallyProgrammed', 'NoTraffic']);

/** Statuses by server-side apply, and an Event when a condition turns. */
export class KubernetesStatusSink implements StatusSink {
  readonly #writer: StatusWriter;
  readonly #recorder: EventRecorder;
  readonly #conditions = new Map<string, readonly Condition[]>();

  constructor(writer: StatusWriter, recorder: EventRecorder) {
    this.#writer = writer;
    this.#recorder = recorder;
  }

  want(wanted: ObjectStatus): void {
    const { object, status } = wanted;
    const { namespace = '', name, uid } = object.metadata;
    this.#writer.want({ resource: RESOURCE_OF[wanted.kind], namespace, name, uid }, status, object.status);
    this.#recordTurns(wanted, this.#conditions.get(wanted.key) ?? object.status?.conditions ?? []);
    this.#conditions.set(wanted.key, status.conditions ?? []);
  }

  forget({ key, kind, object }: ObjectStatus): void {
    this.#conditions.delete(key);
    this.#writer.forget(RESOURCE_OF[kind], object.metadata.namespace ?? '', object.metadata.name);
  }

  clear(): void {
    this.#conditions.clear();
    this.#writer.reset();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#writer.stop(), this.#recorder.stop()]);
  }

  #recordTurns({ kind, object, status }: ObjectStatus, before: readonly Condition[]): void {
    const { namespace = '', name, uid } = object.metadata;
    for (const { type: topic, status: verdict, reason, message } of status.conditions ?? []) {
      if (topic === NO_TOPIC || PASSING.has(reason)) continue;
      const old = before.find((condition) => condition.type === topic);
      if (old?.reason === reason) continue;
      const subject = { resource: RESOURCE_OF[kind], namespace, name, uid, topic, reason };
      // That a new object is fine is not news; that it is not is.
      if (old === undefined && verdict === 'True' && topic !== 'Conflicted') this.#recorder.seed(subject);
      else this.#recorder.record({ ...subject, type: verdict === 'True' && topic !== 'Conflicted' ? 'Normal' : 'Warning', note: message });
    }
  }
}
