import type { ApiError, ApiResult, KubeApi, ListOptions, ListPage, TokenReview, WatchStream } from './kube-api.ts';
import { noAnswer } from './kube-failure.ts';
import { type KubeObject, type ObjectRef, objectKey } from './kube-object.ts';
import type { ResourceType } from './kube-resource.ts';

/**
 * An API server in a Map, for tests of what reads and writes single objects. Lists and watches are another matter: they have
 * the fault-injecting server of the test package.
 */
export class FakeKubeApi implements KubeApi {
  /** Calls in order, e.g. `replace leases ns/name`. */
  readonly calls: string[] = [];
  /** Errors that the next calls get, first in first out. */
  readonly failures: ApiError[] = [];
  /** Called before each call is answered; the place to let time pass in the middle of one. */
  beforeAnswer: () => Promise<void> | void = () => undefined;
  readonly #objects = new Map<string, KubeObject>();
  #revision = 0;

  /** What is stored, or undefined. */
  stored(resource: ResourceType, ref: ObjectRef): KubeObject | undefined {
    return this.#objects.get(storeKey(resource, ref));
  }

  /** Stores behind the back of the client. */
  put(resource: ResourceType, object: KubeObject): KubeObject {
    this.#revision += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } };
    this.#objects.set(storeKey(resource, object.metadata), stored);
    return stored;
  }

  get(resource: ResourceType, ref: ObjectRef): Promise<ApiResult<KubeObject>> {
    return this.#answer('get', resource, ref, () => this.#found(resource, ref));
  }

  create(resource: ResourceType, object: KubeObject): Promise<ApiResult<KubeObject>> {
    return this.#answer('create', resource, object.metadata, () => {
      if (this.stored(resource, object.metadata) !== undefined) return failed(409, 'AlreadyExists');
      return { type: 'ok', value: this.put(resource, object) };
    });
  }

  replace(resource: ResourceType, object: KubeObject): Promise<ApiResult<KubeObject>> {
    return this.#answer('replace', resource, object.metadata, () => {
      const before = this.#found(resource, object.metadata);
      if (before.type === 'error') return before;
      const version = object.metadata.resourceVersion;
      if (version !== undefined && version !== before.value.metadata.resourceVersion) return failed(409, 'Conflict');
      return { type: 'ok', value: this.put(resource, object) };
    });
  }

  apply(resource: ResourceType, object: KubeObject, _fieldManager: string): Promise<ApiResult<KubeObject>> {
    return this.#answer('apply', resource, object.metadata, () => {
      const before = this.stored(resource, object.metadata);
      return { type: 'ok', value: this.put(resource, { ...before, ...object }) };
    });
  }

  applyStatus(resource: ResourceType, object: KubeObject, _fieldManager: string): Promise<ApiResult<KubeObject>> {
    return this.#answer('applyStatus', resource, object.metadata, () => {
      const before = this.#found(resource, object.metadata);
      if (before.type === 'error') return before;
      return { type: 'ok', value: this.put(resource, { ...before.value, ...object, metadata: before.value.metadata }) };
    });
  }

  mergePatch(resource: ResourceType, ref: ObjectRef, patch: object): Promise<ApiResult<KubeObject>> {
    return this.#answer('mergePatch', resource, ref, () => {
      const before = this.#found(resource, ref);
      if (before.type === 'error') return before;
      return { type: 'ok', value: this.put(resource, { ...before.value, ...patch, metadata: before.value.metadata }) };
    });
  }

  async delete(resource: ResourceType, ref: ObjectRef): Promise<ApiResult<undefined>> {
    const deleted = await this.#answer('delete', resource, ref, () => this.#found(resource, ref));
    this.#objects.delete(storeKey(resource, ref));
    return deleted.type === 'error' && deleted.error.status !== 404 ? deleted : { type: 'ok', value: undefined };
  }

  listPage(_resource: ResourceType, _options: ListOptions): Promise<ApiResult<ListPage>> {
    return Promise.resolve(failed(405, 'MethodNotAllowed'));
  }

  watch(): Promise<ApiResult<WatchStream>> {
    return Promise.resolve(failed(405, 'MethodNotAllowed'));
  }

  reviewToken(): Promise<ApiResult<TokenReview>> {
    return Promise.resolve(failed(405, 'MethodNotAllowed'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #answer(verb: string, resource: ResourceType, ref: ObjectRef, act: () => ApiResult<KubeObject>): Promise<ApiResult<KubeObject>> {
    this.calls.push(`${verb} ${resource.plural} ${objectKey(ref)}`);
    await this.beforeAnswer();
    const error = this.failures.shift();
    return error === undefined ? act() : { type: 'error', error };
  }

  #found(resource: ResourceType, ref: ObjectRef): ApiResult<KubeObject> {
    const stored = this.stored(resource, ref);
    return stored === undefined ? failed(404, 'NotFound') : { type: 'ok', value: stored };
  }
}

/** An error answer with a status, or without an answer when the status is 0. */
export function failed(status: number, reason: string): { readonly type: 'error'; readonly error: ApiError } {
  return { type: 'error', error: { ...noAnswer(reason, `injected ${reason}`), status } };
}

function storeKey(resource: ResourceType, ref: ObjectRef): string {
  return `${resource.plural} ${objectKey(ref)}`;
}
