import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseTable, type TableOutcome } from './table-outcome.ts';

const MAX_SHARDS = 8;
const MAX_TABLE_BYTES = 256 * 1024 * 1024;

/**
 * The table that the operator left in its snapshot Secrets, mounted as files: index.json {revision, sha256, shards} and
 * table-0 ... table-7, which together are the gzip of the table's JSON; sha256 (hex) is over those compressed bytes.
 */
export async function readMountedTable(folder: string): Promise<TableOutcome> {
  const index = await readFile(join(folder, 'index.json'), 'utf8').catch(() => undefined);
  if (index === undefined) return { type: 'absent' };
  const expected = parseIndex(index);
  if (expected === undefined) return { type: 'unusable', reason: 'index.json is not an index of shards' };
  try {
    const names = Array.from({ length: expected.shards }, (_, i) => join(folder, `table-${i}`));
    const bytes = Buffer.concat(await Promise.all(names.map((name) => readFile(name))));
    // Secrets are updated one by one: between two of them, the shards do not belong together.
    if (createHash('sha256').update(bytes).digest('hex') !== expected.sha256)
      return { type: 'unusable', reason: 'the shards do not match index.json' };
    return parseTable(gunzipSync(bytes, { maxOutputLength: MAX_TABLE_BYTES }).toString('utf8'));
  } catch (error) {
    return { type: 'unusable', reason: error instanceof Error ? error.message : String(error) };
  }
}

function parseIndex(text: string): { readonly sha256: string; readonly shards: number } | undefined {
  try {
    const { sha256, shards } = JSON.parse(text) as { readonly sha256?: unknown; readonly shards?: unknown };
    if (typeof sha256 !== 'string' || typeof shards !== 'number' || !Number.isInteger(shards)) return undefined;
    return shards >= 1 && shards <= MAX_SHARDS ? { sha256, shards } : undefined;
  } catch {
    return undefined;
  }
}
