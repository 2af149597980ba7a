import { type ResourceBody, type ResourceKey, resourceHash, type TableResource } from '@headgate/crds';

/** The body with its content hash. */
export function hashResource(body: ResourceBody): TableResource {
  return { hash: resourceHash(body), body };
}

/**
 * Hashes the resources of a table again and again. The canonical text behind a hash costs ten times a plain one, and nearly
 * all resources are as they were: those whose plain text did not change keep their hash.
 */
export class ResourceHasher {
  #known: ReadonlyMap<ResourceKey, { readonly text: string; readonly resource: TableResource }> = new Map();

  hash(bodies: ReadonlyMap<ResourceKey, ResourceBody>): ReadonlyMap<ResourceKey, TableResource> {
    const next = new Map<ResourceKey, { readonly text: string; readonly resource: TableResource }>();
    for (const [key, body] of bodies) {
      const text = JSON.stringify(body);
      const known = this.#known.get(key);
      next.set(key, known?.text === text ? known : { text, resource: hashResource(body) });
    }
    this.#known = next;
    return new Map([...next].map(([key, { resource }]) => [key, resource]));
  }
}
