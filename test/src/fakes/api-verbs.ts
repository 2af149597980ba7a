import type { ApiObject, ApiObjects } from './api-objects.ts';
import type { ApiRequest } from './api-request.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Answers every verb but watch over the objects, with the preconditions and errors of a real API server. */
export function answerVerb(objects: ApiObjects, request: ApiRequest): ApiAnswer {
  switch (request.verb) {
    case 'list':
      return list(objects, request);
    case 'get':
      return withObject(objects, request, (object) => ({ status: 200, body: shape(object, request) }));
    case 'create':
      return create(objects, request);
    case 'update':
      return withObject(objects, request, (object) => update(objects, request, object));
    case 'patch':
      return patch(objects, request);
    case 'delete':
      return withObject(objects, request, (object) => {
        objects.remove(request.collection, object.metadata.namespace, object.metadata.name);
        return { status: 200, body: { kind: 'Status', status: 'Success' } };
      });
    case 'watch':
      throw new Error('watches are not answered at once');
  }
}

export function failure(code: number, reason: string, message: string, details: object = {}): ApiAnswer {
  return { status: code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details } };
}

/** Whether an object is in what a list or watch selects. */
export function isSelected(object: ApiObject, request: ApiRequest): boolean {
  if (request.namespace !== undefined && object.metadata.namespace !== request.namespace) return false;
  const name = /^metadata\.name=(.+)$/.exec(request.query.get('fieldSelector') ?? '')?.[1];
  if (name !== undefined && object.metadata.name !== name) return false;
  const labels = (request.query.get('labelSelector') ?? '').split(',').filter((pair) => pair !== '');
  return labels.every((pair) => object.metadata.labels?.[pair.split('=')[0] ?? ''] === pair.split('=')[1]);
}

/** The whole object, or its metadata alone when the request asks for PartialObjectMetadata. */
export function shape(object: ApiObject, request: ApiRequest): unknown {
  if (!(request.headers.accept ?? '').includes('as=PartialObjectMetadata')) return object;
  return { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: object.metadata };
}

function list(objects: ApiObjects, request: ApiRequest): ApiAnswer {
  const selected = objects.list(request.collection, request.namespace).filter((object) => isSelected(object, request));
  const limit = Number(request.query.get('limit') ?? selected.length);
  const from = Number(request.query.get('continue') ?? 0);
  const more = from + limit < selected.length ? { continue: String(from + limit) } : {};
  const items = selected.slice(from, from + limit).map((object) => shape(object, request));
  return { status: 200, body: { kind: 'List', metadata: { resourceVersion: String(objects.revision()), ...more }, items } };
}

function create(objects: ApiObjects, request: ApiRequest): ApiAnswer {
  const object = JSON.parse(request.body) as ApiObject;
  if (request.collection === 'authentication.k8s.io/v1/tokenreviews') return { status: 201, body: object };
  if (objects.get(request.collection, request.namespace, object.metadata.name) !== undefined) {
    return failure(409, 'AlreadyExists', `${object.metadata.name} already exists`);
  }
  return { status: 201, body: objects.put(request.collection, object) };
}

function update(objects: ApiObjects, request: ApiRequest, before: ApiObject): ApiAnswer {
  const object = JSON.parse(request.body) as ApiObject;
  const version = object.metadata.resourceVersion;
  if (version !== undefined && version !== before.metadata.resourceVersion) {
    return failure(409, 'Conflict', 'the object has been modified');
  }
  return { status: 200, body: objects.put(request.collection, object) };
}

function patch(objects: ApiObjects, request: ApiRequest): ApiAnswer {
  const change = JSON.parse(request.body) as ApiObject;
  const before = objects.get(request.collection, request.namespace, request.name ?? '');
  const isApply = request.headers['content-type'] === 'application/apply-patch+yaml';
  if (before === undefined) {
    if (!isApply || request.subresource !== undefined) return notFound(request);
    return { status: 201, body: objects.put(request.collection, change) };
  }
  const uid = change.metadata?.uid;
  // On the status subresource a real API server ignores the uid (measured on 1.36).
  if (uid !== undefined && uid !== before.metadata.uid && request.subresource === undefined)
    return failure(409, 'Conflict', 'Precondition failed: UID in precondition');
  // An apply of the one owner of a status replaces it; that is as much of field ownership as the tests need.
  const merged = request.subresource === 'status' ? { ...before, status: change['status'] } : merge(before, change);
  return { status: 200, body: objects.put(request.collection, merged as ApiObject) };
}

function merge(before: unknown, change: unknown): unknown {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) return change;
  const merged: Record<string, unknown> = typeof before === 'object' && before !== null ? { ...before } : {};
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete merged[name];
    else merged[name] = merge(merged[name], value);
  }
  return merged;
}

function withObject(objects: ApiObjects, request: ApiRequest, answer: (object: ApiObject) => ApiAnswer): ApiAnswer {
  const object = objects.get(request.collection, request.namespace, request.name ?? '');
  return object === undefined ? notFound(request) : answer(object);
}

function notFound(request: ApiRequest): ApiAnswer {
  return failure(404, 'NotFound', `${request.collection} "${request.name}" not found`);
}
