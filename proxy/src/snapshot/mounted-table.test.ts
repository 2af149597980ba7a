import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CONTRACT_VERSION, tableHash } from '@headgate/crds';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readMountedTable } from './mounted-table.ts';
import { samplePolicy, sampleResources } from './sample-table.ts';

const resources = sampleResources([samplePolicy('a', []), samplePolicy('b', [])]);
const table = {
  contractVersion: CONTRACT_VERSION,
  revision: 7,
  hash: tableHash(new Map([...resources].map(([key, { hash }]) => [key, hash]))),
  resources: Object.fromEntries(resources),
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-mounted-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes the table as the operator's Secrets show up in the volume. */
async function mount(shards: number, index: object = {}): Promise<void> {
  const bytes = gzipSync(JSON.stringify(table));
  const size = Math.ceil(bytes.length / shards);
  for (let i = 0; i < shards; i += 1) await writeFile(join(folder, `table-${i}`), bytes.subarray(i * size, (i + 1) * size));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(folder, 'index.json'), JSON.stringify({ revision: 7, sha256, shards, ...index }));
}

describe('readMountedTable', () => {
  test.each([1, 3, 8])('puts %i shards together', async (shards) => {
    await mount(shards);
    expect(await readMountedTable(folder)).toEqual({ type: 'read', table });
  });

  test('an empty mount (no snapshot written yet) is absent', async () => {
    expect(await readMountedTable(folder)).toEqual({ type: 'absent' });
    expect(await readMountedTable(join(folder, 'none'))).toEqual({ type: 'absent' });
  });

  test('shards of different generations are unusable', async () => {
    await mount(2, { sha256: '0'.repeat(64) });
    expect(await readMountedTable(folder)).toMatchObject({ type: 'unusable' });
  });

  test('a missing shard, a broken index and absurd counts are unusable', async () => {
    await mount(2);
    await rm(join(folder, 'table-1'));
    expect(await readMountedTable(folder)).toMatchObject({ type: 'unusable' });
    for (const index of ['', 'null', '{}', '{"sha256":"x","shards":1e9}', '{"sha256":"x","shards":-1}']) {
      await writeFile(join(folder, 'index.json'), index);
      expect(await readMountedTable(folder)).toMatchObject({ type: 'unusable' });
    }
  });
});
