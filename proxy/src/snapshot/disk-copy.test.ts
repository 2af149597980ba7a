import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DiskCopy } from './disk-copy.ts';
import { sampleSnapshot } from './sample-snapshot.ts';
import { sampleConsumer, samplePolicy, sampleProvider, sampleResources, sampleRule, sampleTarget } from './sample-table.ts';

const bodies = [
  { type: 'settings' as const, keySalt: 'ab'.repeat(32) },
  sampleProvider('openai'),
  samplePolicy('assistant', [sampleRule([sampleTarget('openai', 'gpt-4o')])]),
  sampleConsumer('app', { labels: { text: 'line\nbreak "quoted" \u2028' } }),
];

let folder: string;
let failures: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-disk-'));
  failures = [];
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function copyIn(path: string): DiskCopy {
  return new DiskCopy(path, (reason) => failures.push(reason), 0);
}

describe('DiskCopy', () => {
  test('what was written is read back as the same table, hash for hash', async () => {
    const copy = copyIn(join(folder, 'state'));
    const snapshot = sampleSnapshot(bodies, undefined, 42);
    copy.offer(snapshot);
    await copy.flushed();
    const outcome = await copyIn(join(folder, 'state')).read();
    if (outcome.type !== 'read') throw new Error(JSON.stringify(outcome));
    expect(outcome.table.revision).toBe(42);
    expect(outcome.table.hash).toBe(snapshot.hash);
    expect(new Map(Object.entries(outcome.table.resources))).toEqual(sampleResources(bodies));
    expect(failures).toEqual([]);
  });

  test('only the owner can read it, and nothing else is left behind', async () => {
    const copy = copyIn(folder);
    copy.offer(sampleSnapshot(bodies));
    await copy.flushed();
    expect(await readdir(folder)).toEqual(['table.json.gz']);
    expect((await stat(join(folder, 'table.json.gz'))).mode & 0o777).toBe(0o600);
  });

  test('a copy waits for the burst to end, and whoever flushes does not wait', async () => {
    const copy = new DiskCopy(folder, (reason) => failures.push(reason), 3_600_000);
    copy.offer(sampleSnapshot(bodies, undefined, 7));
    expect(await readdir(folder)).toEqual([]);
    await copy.flushed();
    const outcome = await copy.read();
    expect(outcome.type === 'read' && outcome.table.revision).toBe(7);
  });

  test('of a burst the last one is on disk', async () => {
    const copy = copyIn(folder);
    for (let revision = 1; revision <= 20; revision += 1) copy.offer(sampleSnapshot(bodies, undefined, revision));
    await copy.flushed();
    const outcome = await copy.read();
    expect(outcome.type === 'read' && outcome.table.revision).toBe(20);
  });

  test('no copy is absent, not damaged', async () => {
    expect(await copyIn(join(folder, 'none')).read()).toEqual({ type: 'absent' });
  });

  test('a copy cut at any place is unusable, never half a table', async () => {
    const copy = copyIn(folder);
    copy.offer(sampleSnapshot(bodies));
    await copy.flushed();
    const file = join(folder, 'table.json.gz');
    const whole = await readFile(file);
    for (let length = 0; length < whole.length; length += 37) {
      await writeFile(file, whole.subarray(0, length));
      expect((await copy.read()).type).toBe('unusable');
    }
  });

  test.each([
    ['a flipped bit', (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === 60 ? byte ^ 1 : byte)))],
    ['text that is not gzip', () => Buffer.from('{}')],
    ['another text than was hashed', () => gzipSync('{"contractVersion":1,"revision":1,"resources":{}}\n0000\n')],
  ])('%s is unusable', async (_, damage) => {
    const copy = copyIn(folder);
    copy.offer(sampleSnapshot(bodies));
    await copy.flushed();
    const file = join(folder, 'table.json.gz');
    await writeFile(file, damage(await readFile(file)));
    expect((await copy.read()).type).toBe('unusable');
  });

  test('a folder that cannot be written is reported and does no harm', async () => {
    await writeFile(join(folder, 'file'), '');
    const copy = copyIn(join(folder, 'file'));
    copy.offer(sampleSnapshot(bodies));
    await copy.flushed();
    expect(failures.length).toBe(1);
  });
});
