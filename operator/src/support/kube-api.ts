import type { KubeObject, ObjectRef } from './kube-object.ts';
import type { ResourceType } from './kube-resource.ts';

/** A failed call. Failures of the API server are an expected outcome, so they are values and never thrown. */
export interface ApiError {
  /** HTTP status; 0 when there was no answer (refused, reset, timed out, aborted). */
  readonly status: number;
  /** Reason of the API's Status object (`NotFound`, `Conflict`, `Expired` ...) or, without an answer, the code of the fault. */
  readonly reason: string;
  readonly message: string;
  /** What the server asked for, by header or in the Status object. */
  readonly retryAfterMs: number | undefined;
}

export type ApiResult<T> = { readonly type: 'ok'; readonly value: T } | { readonly type: 'error'; readonly error: ApiError };

export interface CollectionOptions {
  /** Absent = all namespaces (or a cluster-scoped resource). */
  readonly namespace?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** Only metadata is sent (PartialObjectMetadata): for Secrets, whose content must not be cached. */
  readonly metadataOnly?: boolean;
  readonly signal: AbortSignal;
}

export interface ListOptions extends CollectionOptions {
  readonly limit: number;
  readonly continueToken?: string | undefined;
}

export interface ListPage {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  /** Absent on the last page. */
  readonly continueToken: string | undefined;
}

export interface WatchOptions extends CollectionOptions {
  readonly resourceVersion: string;
  /** The server ends the watch by then. */
  readonly timeoutSeconds: number;
}

export type WatchFrame =
  | { readonly type: 'event'; readonly event: WatchEvent }
  /** A line that is not an event; what it carried is lost. */
  | { readonly type: 'garbage'; readonly message: string }
  /** The stream broke; always the last frame. A stream that ends without it was closed by the server. */
  | { readonly type: 'broken'; readonly error: ApiError };

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }
  | { readonly type: 'ERROR'; readonly error: ApiError };

export type WatchStream = AsyncIterable<WatchFrame>;

export interface TokenReview {
  readonly authenticated: boolean;
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  /** E.g. `authentication.kubernetes.io/pod-name` of a projected token. */
  readonly extra: Readonly<Record<string, readonly string[]>>;
  readonly audiences: readonly string[];
  /** Why the token was refused. */
  readonly error: string | undefined;
}

/** The few verbs the operator needs; kube-client.ts speaks them to an API server, tests bring their own. */
export interface KubeApi {
  listPage(resource: ResourceType, options: ListOptions): Promise<ApiResult<ListPage>>;
  /** Bookmarks are always asked for. Resolves when the server has accepted the watch. */
  watch(resource: ResourceType, options: WatchOptions): Promise<ApiResult<WatchStream>>;
  get(resource: ResourceType, ref: ObjectRef): Promise<ApiResult<KubeObject>>;
  create(resource: ResourceType, object: KubeObject): Promise<ApiResult<KubeObject>>;
  /** Replaces the whole object; with `metadata.resourceVersion` set, only that version (else 409 Conflict). */
  replace(resource: ResourceType, object: KubeObject): Promise<ApiResult<KubeObject>>;
  /** Server-side apply with force: creates the object or takes over exactly the fields given. */
  apply(resource: ResourceType, object: KubeObject, fieldManager: string): Promise<ApiResult<KubeObject>>;
  /** As `apply`, on the status subresource. */
  applyStatus(resource: ResourceType, object: KubeObject, fieldManager: string): Promise<ApiResult<KubeObject>>;
  /** JSON merge patch (RFC 7386); null removes a field. */
  mergePatch(resource: ResourceType, ref: ObjectRef, patch: object): Promise<ApiResult<KubeObject>>;
  /** An object that is already gone is a success. */
  delete(resource: ResourceType, ref: ObjectRef): Promise<ApiResult<undefined>>;
  reviewToken(token: string, audiences: readonly string[]): Promise<ApiResult<TokenReview>>;
  close(): Promise<void>;
}

/** Sets labels; null takes one away. */
export function patchLabels(
  api: Pick<KubeApi, 'mergePatch'>,
  resource: ResourceType,
  ref: ObjectRef,
  labels: Readonly<Record<string, string | null>>,
): Promise<ApiResult<KubeObject>> {
  return api.mergePatch(resource, ref, { metadata: { labels } });
}
