import { type ResourceBody, resourceHash, type TableResource } from '@headgate/crds';

const hashed = new WeakMap<ResourceBody, TableResource>();

/** The body with its content hash. Bodies are immutable, so one that the compiler hands out again is not hashed again. */
export function hashResource(body: ResourceBody): TableResource {
  const known = hashed.get(body);
  if (known !== undefined) return known;
  const resource = { hash: resourceHash(body), body };
  hashed.set(body, resource);
  return resource;
}
