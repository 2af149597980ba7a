import type { Clock } from './clock.ts';
import type {
  ApiResult,
  CollectionOptions,
  KubeApi,
  ListOptions,
  ListPage,
  TokenReview,
  WatchFrame,
  WatchOptions,
  WatchStream,
} from './kube-api.ts';
import type { KubeConnection } from './kube-connection.ts';
import { failureOf, isRecord, noAnswer } from './kube-failure.ts';
import { isKubeObject, type KubeObject, type ObjectRef } from './kube-object.ts';
import { type KubeRequest, KubeRequester } from './kube-request.ts';
import { apiVersionOf, RESOURCES, type ResourceType, resourcePath } from './kube-resource.ts';
import { readTokenReview } from './token-review.ts';
import { WatchDecoder } from './watch-decoder.ts';

const APPLY_PATCH = 'application/apply-patch+yaml';
const MERGE_PATCH = 'application/merge-patch+json';
const JSON_TYPE = 'application/json';
/** Lists may be long; everything else is one object. */
const LIST_TIMEOUT_FACTOR = 4;

/** The verbs of `KubeApi` as HTTP requests; `requestTimeoutMs` limits each of them (a list four times that, a watch its head). */
export class HttpKubeApi implements KubeApi {
  readonly #requester: KubeRequester;
  readonly #timeoutMs: number;

  constructor(connection: KubeConnection, clock: Clock, requestTimeoutMs: number) {
    this.#requester = new KubeRequester(connection, clock);
    this.#timeoutMs = requestTimeoutMs;
  }

  async listPage(resource: ResourceType, options: ListOptions): Promise<ApiResult<ListPage>> {
    const path = resourcePath(resource, { namespace: options.namespace });
    if (path === undefined) return invalidName(options.namespace);
    const answer = await this.#requester.json({
      method: 'GET',
      path,
      query: { ...selectors(options), limit: String(options.limit), continue: options.continueToken },
      accept: partialAccept(options, 'PartialObjectMetadataList'),
      timeoutMs: this.#timeoutMs * LIST_TIMEOUT_FACTOR,
      signal: options.signal,
    });
    return answer.type === 'error' ? answer : readPage(answer.value, resource);
  }

  async watch(resource: ResourceType, options: WatchOptions): Promise<ApiResult<WatchStream>> {
    const path = resourcePath(resource, { namespace: options.namespace });
    if (path === undefined) return invalidName(options.namespace);
    const { resourceVersion, timeoutSeconds } = options;
    const answer = await this.#requester.stream({
      method: 'GET',
      path,
      query: { ...selectors(options), watch: 'true', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds: String(timeoutSeconds) },
      accept: partialAccept(options, 'PartialObjectMetadata'),
      timeoutMs: this.#timeoutMs,
      signal: options.signal,
    });
    return answer.type === 'error' ? answer : { type: 'ok', value: decodeWatch(answer.value, resource) };
  }

  get(resource: ResourceType, ref: ObjectRef): Promise<ApiResult<KubeObject>> {
    return this.#object('GET', resource, ref, {});
  }

  create(resource: ResourceType, object: KubeObject): Promise<ApiResult<KubeObject>> {
    return this.#object(
      'POST',
      resource,
      { namespace: object.metadata.namespace },
      { body: { contentType: JSON_TYPE, value: typed(resource, object) } },
    );
  }

  replace(resource: ResourceType, object: KubeObject): Promise<ApiResult<KubeObject>> {
    return this.#object('PUT', resource, object.metadata, { body: { contentType: JSON_TYPE, value: typed(resource, object) } });
  }

  apply(resource: ResourceType, object: KubeObject, fieldManager: string): Promise<ApiResult<KubeObject>> {
    return this.#object('PATCH', resource, object.metadata, applyBody(resource, object, fieldManager));
  }

  applyStatus(resource: ResourceType, object: KubeObject, fieldManager: string): Promise<ApiResult<KubeObject>> {
    return this.#object('PATCH', resource, object.metadata, { ...applyBody(resource, object, fieldManager), subresource: 'status' });
  }

  mergePatch(resource: ResourceType, ref: ObjectRef, patch: object): Promise<ApiResult<KubeObject>> {
    return this.#object('PATCH', resource, ref, { body: { contentType: MERGE_PATCH, value: patch } });
  }

  async delete(resource: ResourceType, ref: ObjectRef): Promise<ApiResult<undefined>> {
    const path = resourcePath(resource, ref);
    if (path === undefined) return invalidName(ref.name);
    const answer = await this.#requester.json({ method: 'DELETE', path, timeoutMs: this.#timeoutMs });
    return answer.type === 'ok' || answer.error.status === 404 ? { type: 'ok', value: undefined } : answer;
  }

  async reviewToken(token: string, audiences: readonly string[]): Promise<ApiResult<TokenReview>> {
    const review = { apiVersion: apiVersionOf(RESOURCES.tokenReviews), kind: 'TokenReview', spec: { token, audiences } };
    const path = resourcePath(RESOURCES.tokenReviews, {});
    if (path === undefined) return invalidName(undefined);
    const body = { contentType: JSON_TYPE, value: review };
    const answer = await this.#requester.json({ method: 'POST', path, body, timeoutMs: this.#timeoutMs });
    return answer.type === 'error' ? answer : { type: 'ok', value: readTokenReview(answer.value) };
  }

  close(): Promise<void> {
    return this.#requester.close();
  }

  async #object(
    method: KubeRequest['method'],
    resource: ResourceType,
    ref: Partial<ObjectRef>,
    extra: Pick<KubeRequest, 'body' | 'query'> & { readonly subresource?: string },
  ): Promise<ApiResult<KubeObject>> {
    const { subresource, ...rest } = extra;
    const path = resourcePath(resource, ref, subresource);
    if (path === undefined) return invalidName(ref.name ?? ref.namespace);
    const answer = await this.#requester.json({ method, path, timeoutMs: this.#timeoutMs, ...rest });
    if (answer.type === 'error') return answer;
    return isKubeObject(answer.value) ? { type: 'ok', value: answer.value } : invalidAnswer('the answer is not an object of the API');
  }
}

function applyBody(resource: ResourceType, object: KubeObject, fieldManager: string): Pick<KubeRequest, 'body' | 'query'> {
  return { query: { fieldManager, force: 'true' }, body: { contentType: APPLY_PATCH, value: typed(resource, object) } };
}

/** Callers name the resource once; lists leave the kind out, and the API server insists on it in what it is sent. */
function typed(resource: ResourceType, object: KubeObject): KubeObject {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

function selectors(options: CollectionOptions): Readonly<Record<string, string | undefined>> {
  return { fieldSelector: options.fieldSelector, labelSelector: options.labelSelector };
}

function partialAccept(options: CollectionOptions, as: string): string {
  return options.metadataOnly === true ? `application/json;as=${as};g=meta.k8s.io;v=v1` : JSON_TYPE;
}

function readPage(body: unknown, resource: ResourceType): ApiResult<ListPage> {
  const metadata = isRecord(body) && isRecord(body['metadata']) ? body['metadata'] : {};
  const resourceVersion = metadata['resourceVersion'];
  const items = isRecord(body) ? body['items'] : undefined;
  if (typeof resourceVersion !== 'string' || resourceVersion === '') return invalidAnswer('the list has no resourceVersion');
  // An empty list of a Go server may be null.
  if (items !== null && !Array.isArray(items)) return invalidAnswer('the list has no items');
  const objects = (items ?? []).filter(isKubeObject).map((item) => typed(resource, item));
  const token = metadata['continue'];
  return {
    type: 'ok',
    value: { items: objects, resourceVersion, continueToken: typeof token === 'string' && token !== '' ? token : undefined },
  };
}

async function* decodeWatch(body: AsyncIterable<Uint8Array>, resource: ResourceType): AsyncGenerator<WatchFrame> {
  const decoder = new WatchDecoder(resource);
  try {
    for await (const chunk of body) yield* decoder.push(chunk);
  } catch (thrown) {
    yield { type: 'broken', error: failureOf(thrown) };
    return;
  }
  yield* decoder.end();
}

function invalidName(name: string | undefined): { readonly type: 'error'; readonly error: ReturnType<typeof noAnswer> } {
  return { type: 'error', error: noAnswer('InvalidName', `${JSON.stringify(name ?? '')} cannot be a name in a path`) };
}

function invalidAnswer(message: string): { readonly type: 'error'; readonly error: ReturnType<typeof noAnswer> } {
  return { type: 'error', error: noAnswer('InvalidAnswer', message) };
}
