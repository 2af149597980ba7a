import type { ObjectIdentity, ResourceKey } from '@headgate/crds';
import { fieldsOf, integerOf, textOf } from './fields.ts';

export type ObjectKind = 'provider' | 'policy' | 'consumer';

/** An object that has a name, and what identifies it. */
export interface IdentifiedObject {
  readonly key: ResourceKey;
  readonly identity: ObjectIdentity;
  /** RFC 3339; '' when unknown, which sorts as the youngest. */
  readonly createdAt: string;
  readonly labels: unknown;
  readonly spec: unknown;
}

const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Reads the identity of an object. `undefined` when it has no name that the API server would accept: such a thing has no
 * key, so nothing can be said about it or be compiled from it.
 */
export function identifyObject(kind: ObjectKind, object: unknown): IdentifiedObject | undefined {
  const { metadata, spec } = fieldsOf(object);
  const meta = fieldsOf(metadata);
  const { namespace, name } = meta;
  if (!isNamespaceName(namespace) || !isObjectName(name)) return undefined;
  const createdAt = textOf(meta['creationTimestamp']) ?? '';
  return {
    key: `${kind}/${namespace}/${name}`,
    identity: {
      namespace,
      name,
      uid: textOf(meta['uid']) ?? '',
      generation: integerOf(meta['generation'], 0, Number.MAX_SAFE_INTEGER) ?? 0,
    },
    createdAt: RFC_3339.test(createdAt) ? createdAt : '',
    labels: meta['labels'],
    spec,
  };
}

/** Every object of a list that has an identity, each key once (the oldest of twins), in the order of the keys. */
export function identifyObjects(kind: ObjectKind, objects: unknown): readonly IdentifiedObject[] {
  const byKey = new Map<ResourceKey, IdentifiedObject>();
  for (const object of Array.isArray(objects) ? objects : []) {
    const identified = tryIdentify(kind, object);
    const twin = identified === undefined ? undefined : byKey.get(identified.key);
    if (identified !== undefined && (twin === undefined || compareAge(identified, twin) < 0)) byKey.set(identified.key, identified);
  }
  return [...byKey.values()].sort((a, b) => compareText(a.key, b.key));
}

/** An object whose members cannot even be read has no identity. */
function tryIdentify(kind: ObjectKind, object: unknown): IdentifiedObject | undefined {
  try {
    return identifyObject(kind, object);
  } catch {
    return undefined;
  }
}

export function isNamespaceName(value: unknown): value is string {
  return typeof value === 'string' && DNS_LABEL.test(value);
}

export function isObjectName(value: unknown): value is string {
  return typeof value === 'string' && DNS_SUBDOMAIN.test(value);
}

/** Older first, unknown age last, then namespace/name, then uid: the order in which claims of equal rank are served. */
export function compareAge(a: IdentifiedObject, b: IdentifiedObject): number {
  return (
    compareText(a.createdAt === '' ? '~' : a.createdAt, b.createdAt === '' ? '~' : b.createdAt) ||
    compareText(a.identity.namespace, b.identity.namespace) ||
    compareText(a.identity.name, b.identity.name) ||
    compareText(a.identity.uid, b.identity.uid)
  );
}

/** Code-unit order: the same on every machine, unlike locale order. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
