import type { KindName, ModelConsumer, ModelProvider, ResourceKey, RoutePolicy } from '@headgate/crds';

interface StatusOf<Kind extends KindName, T extends { readonly status?: unknown }> {
  readonly key: ResourceKey;
  readonly kind: Kind;
  /** What the object says about itself now is its own `status`. */
  readonly object: T;
  readonly status: NonNullable<T['status']>;
}

/** The status an object should have. */
export type ObjectStatus =
  | StatusOf<'ModelProvider', ModelProvider>
  | StatusOf<'RoutePolicy', RoutePolicy>
  | StatusOf<'ModelConsumer', ModelConsumer>;

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
