import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { ResourceBody, ResourceKey } from './routing-table.ts';

/** `TableResource.hash`: sha256 (64 hex digits) of the canonical JSON of a resource body. */
export function resourceHash(body: ResourceBody): string {
  return createHash('sha256').update(canonicalJson(body)).digest('hex');
}

/**
 * `RoutingTable.hash`: sha256 (64 hex digits) over the lines `<key> <hash>\n`, sorted by key. Two tables with the same
 * resources have the same hash, in whatever order the resources came.
 *
 * @param hashes resource hash by resource key
 */
export function tableHash(hashes: ReadonlyMap<ResourceKey, string> | Readonly<Record<ResourceKey, string>>): string {
  const entries = hashes instanceof Map ? [...hashes.entries()] : Object.entries(hashes);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256');
  for (const [key, hash] of entries) digest.update(`${key} ${hash}\n`);
  return digest.digest('hex');
}
