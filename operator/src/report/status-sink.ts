import type { KindName, ModelConsumer, ModelProvider, ResourceKey, RoutePolicy } from '@headgate/crds';

/** The status an object should have, and what it says about itself now. */
export interface ObjectStatus {
  readonly key: ResourceKey;
  readonly kind: KindName;
  readonly object: ModelProvider | RoutePolicy | ModelConsumer;
  readonly status: NonNullable<ModelProvider['status'] | RoutePolicy['status'] | ModelConsumer['status']>;
}

/** Where statuses go: to the API server, or beside the manifests. */
export interface StatusSink {
  /** Called again and again with what should be there; writing only what differs is the sink's business. */
  want(status: ObjectStatus): void;
  /** The object is gone. */
  forget(status: ObjectStatus): void;
  /** Leadership was lost: nothing that was wanted is to be written any more. */
  clear(): void;
  stop(): Promise<void>;
}
