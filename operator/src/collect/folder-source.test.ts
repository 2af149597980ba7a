import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../support/clock.ts';
import { silentLogger } from '../support/logger.ts';
import { FolderSource } from './folder-source.ts';
import type { ManifestObject } from './manifest-object.ts';

const SETTINGS = { keySalt: '00', allowedPrivateHosts: ['127.0.0.1'], simulatorUrl: 'http://127.0.0.1:1' };
const provider = (name: string): string =>
  `apiVersion: headgate.dev/v1alpha1\nkind: ModelProvider\nmetadata: {name: ${name}, namespace: team}\nspec: {type: OpenAI}\n`;

describe('FolderSource', () => {
  let folder = '';
  let source: FolderSource;
  const changes = new EventEmitter();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-source-'));
    await writeFile(join(folder, 'a.yaml'), provider('a'));
  });
  afterEach(async () => {
    await source.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (generated: readonly ManifestObject[] = []): Promise<void> => {
    source = new FolderSource({ folder, clock: systemClock, log: silentLogger, settings: SETTINGS, generated });
    source.onChange(() => changes.emit('change'));
    await source.start();
  };
  const names = (): readonly string[] => source.world().providers.map((item) => item.metadata.name);
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await once(changes, 'change');
  };

  test('is synced after the first reading, with namespaces and settings in the world', async () => {
    await open();
    expect(source.hasSynced()).toBe(true);
    expect(source.world()).toMatchObject({ keySalt: '00', allowedPrivateHosts: ['127.0.0.1'], simulatorUrl: 'http://127.0.0.1:1' });
    expect(source.world().namespaces.get('team')).toEqual({ 'kubernetes.io/metadata.name': 'team' });
    expect(source.fileOf('ModelProvider/team/a')).toBe('a.yaml');
    expect(Object.isFrozen(source.world().providers[0]?.spec)).toBe(true);
  });

  test('follows edits, new files and deletions', async () => {
    await open();
    await writeFile(join(folder, 'b.yml'), provider('b'));
    await until(() => names().length === 2);
    await writeFile(join(folder, 'a.yaml'), provider('c'));
    await until(() => names().includes('c') && !names().includes('a'));
    await rm(join(folder, 'b.yml'));
    await until(() => names().length === 1);
  });

  test('follows what is saved by renaming, and what is deleted and made anew, in folders below too', async () => {
    const clock = { ...systemClock, setTimeout: (run: () => void, ms: number) => systemClock.setTimeout(run, ms > 1000 ? 3_600_000 : ms) };
    source = new FolderSource({ folder, clock, log: silentLogger, settings: SETTINGS, generated: [] });
    source.onChange(() => changes.emit('change'));
    await source.start();
    for (const below of ['', 'below']) {
      await mkdir(join(folder, below), { recursive: true });
      const [file, draft] = [join(folder, below, 'b.yaml'), join(folder, below, '.b.yaml.swp')];
      for (const name of ['b', 'c', 'd']) {
        await writeFile(draft, provider(name));
        await rename(draft, file);
        await until(() => names().includes(name));
      }
      await rm(below === '' ? file : join(folder, below), { recursive: true });
      await until(() => !names().includes('d'));
      await mkdir(join(folder, below), { recursive: true });
      await writeFile(file, provider('e'));
      await until(() => names().includes('e'));
      await rm(file);
      await until(() => !names().includes('e'));
    }
  });

  test('does not read the status files it lives beside', async () => {
    await writeFile(join(folder, 'a.status.yaml'), provider('status'));
    await open();
    expect(names()).toEqual(['a']);
  });

  test('keeps the same world while nothing changed', async () => {
    await open();
    const before = source.world();
    await writeFile(join(folder, 'notes.txt'), 'x');
    expect(source.world()).toBe(before);
  });

  test('adds generated objects, which a file of the same name overrides', async () => {
    const metadata = { name: 'a', namespace: 'team' };
    const generated: ManifestObject = {
      type: 'Provider',
      id: 'ModelProvider/team/a',
      object: { apiVersion: 'headgate.dev/v1alpha1', kind: 'ModelProvider', metadata, spec: { type: 'Anthropic' } },
    };
    await open([generated]);
    expect(source.world().providers[0]?.spec.type).toBe('OpenAI');
    await writeFile(join(folder, 'a.yaml'), provider('b'));
    await until(() => names().includes('b'));
    expect(source.world().providers.find((item) => item.metadata.name === 'a')?.spec.type).toBe('Anthropic');
    expect(source.fileOf('ModelProvider/team/a')).toBeUndefined();
  });

  test('an unreadable folder at the start is not an empty world', async () => {
    await rm(folder, { recursive: true });
    await open();
    expect(source.hasSynced()).toBe(false);
    expect(source.problems()).toMatchObject([{ file: '', message: expect.stringContaining('does not exist') }]);
  });
});
