import type { Condition, KindName } from '@headgate/crds';
import { RESOURCES, type ResourceType } from '../support/kube-resource.ts';
import { conditionTurns } from './condition-turns.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { ObjectStatus, StatusSink } from './status-sink.ts';
import type { StatusWriter } from './status-writer.ts';

const RESOURCE_OF: Readonly<Record<KindName, ResourceType>> = {
  ModelProvider: RESOURCES.modelProviders,
  RoutePolicy: RESOURCES.routePolicies,
  ModelConsumer: RESOURCES.modelConsumers,
};

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
    for (const { condition, isExpected, type } of conditionTurns(before, status.conditions ?? [])) {
      const subject = { resource: RESOURCE_OF[kind], namespace, name, uid, topic: condition.type, reason: condition.reason };
      if (isExpected) this.#recorder.seed(subject);
      else this.#recorder.record({ ...subject, type, note: condition.message });
    }
  }
}
