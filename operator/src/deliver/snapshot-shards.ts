import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { CONTRACT_VERSION, type ResourceKey, type RoutingTable, type TableResource, tableHash } from '@headgate/crds';

const compress = promisify(gzip);
const decompress: (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer> = promisify(gunzip);

/** A Secret holds 1 MiB, base64 and metadata included; 900 KiB of base64 text leave room for the rest. */
const SHARD_BYTES = Math.floor((900 * 1024 * 3) / 4);
/** As many Secrets as the proxies' pods mount. */
export const MAX_SHARDS = 8;
/** Above any table that fits into MAX_SHARDS; a gzip bomb stops here. */
const MAX_TABLE_BYTES = 256 * 1024 * 1024;

export interface SnapshotIndex {
  readonly revision: number;
  /** sha256 (hex) of the gzip-ed table, all shards together. */
  readonly sha256: string;
  readonly shards: number;
}

export interface EncodedSnapshot {
  readonly index: SnapshotIndex;
  readonly shards: readonly Buffer[];
}

/** The table as gzip-ed JSON in pieces that fit into Secrets; undefined when it does not fit into MAX_SHARDS of them. */
export async function encodeSnapshot(
  revision: number,
  resources: ReadonlyMap<ResourceKey, TableResource>,
): Promise<EncodedSnapshot | undefined> {
  const hash = tableHash(new Map([...resources].map(([key, resource]) => [key, resource.hash])));
  const table: RoutingTable = { contractVersion: CONTRACT_VERSION, revision, hash, resources: Object.fromEntries(resources) };
  const bytes = await compress(JSON.stringify(table));
  const shards: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; offset += SHARD_BYTES) shards.push(bytes.subarray(offset, offset + SHARD_BYTES));
  if (shards.length > MAX_SHARDS) return undefined;
  return { index: { revision, sha256: createHash('sha256').update(bytes).digest('hex'), shards: shards.length }, shards };
}

/** The table that was encoded; undefined when pieces are missing, of another write, or damaged. */
export async function decodeSnapshot(index: SnapshotIndex, shards: readonly Buffer[]): Promise<RoutingTable | undefined> {
  const bytes = Buffer.concat(shards);
  if (shards.length !== index.shards || createHash('sha256').update(bytes).digest('hex') !== index.sha256) return undefined;
  try {
    const table: unknown = JSON.parse((await decompress(bytes, { maxOutputLength: MAX_TABLE_BYTES })).toString('utf8'));
    return isRoutingTable(table) ? table : undefined;
  } catch {
    return undefined;
  }
}

function isRoutingTable(value: unknown): value is RoutingTable {
  if (typeof value !== 'object' || value === null) return false;
  if (!('contractVersion' in value) || value.contractVersion !== CONTRACT_VERSION) return false;
  if (!('revision' in value) || typeof value.revision !== 'number' || !Number.isSafeInteger(value.revision)) return false;
  if (!('resources' in value) || typeof value.resources !== 'object' || value.resources === null) return false;
  return Object.values(value.resources).every(
    (resource: unknown) =>
      typeof resource === 'object' &&
      resource !== null &&
      'hash' in resource &&
      typeof resource.hash === 'string' &&
      'body' in resource &&
      typeof resource.body === 'object',
  );
}
