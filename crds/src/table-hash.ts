import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { ResourceBody, ResourceKey } from './routing-table.ts';

const PIECE_CHARACTERS = 65_536;

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
  const byKey = isReadonlyMap(hashes) ? hashes : new Map(Object.entries(hashes));
  const digest = createHash('sha256');
  let lines = '';
  // The default order of `sort` is the one wanted: UTF-16 code units.
  for (const key of [...byKey.keys()].sort()) {
    lines += `${key} ${byKey.get(key)}\n`;
    // In pieces: one update per line costs more than the hashing itself.
    if (lines.length < PIECE_CHARACTERS) continue;
    digest.update(lines);
    lines = '';
  }
  return digest.update(lines).digest('hex');
}

function isReadonlyMap(
  hashes: ReadonlyMap<ResourceKey, string> | Readonly<Record<ResourceKey, string>>,
): hashes is ReadonlyMap<ResourceKey, string> {
  return typeof hashes.get === 'function' && typeof hashes.keys === 'function';
}
