import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelProvider } from '@headgate/crds';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ManifestProblem } from '../collect/manifest-problem.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { silentLogger } from '../support/logger.ts';
import { FolderStatusSink } from './folder-status-sink.ts';
import type { ObjectStatus } from './status-sink.ts';

const statusOf = (name: string, programmed: string): ObjectStatus => {
  const object: ModelProvider = {
    apiVersion: 'headgate.dev/v1alpha1',
    kind: 'ModelProvider',
    metadata: { name, namespace: 'default', generation: 1 },
    spec: { type: 'OpenAI' },
  };
  return { key: `provider/default/${name}`, kind: 'ModelProvider', object, status: { summary: { programmed } } };
};

describe('FolderStatusSink', () => {
  let folder = '';
  let clock: FakeClock;
  let sink: FolderStatusSink;
  let problems: readonly ManifestProblem[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-status-'));
    clock = new FakeClock();
    problems = [];
    const fileOf = (id: string): string | undefined => (id.endsWith('/generated') ? undefined : 'providers.yaml');
    sink = new FolderStatusSink({ folder, fileOf, problems: () => problems, clock, log: silentLogger });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Lets the write happen, and waits for it. */
  const written = async (): Promise<string> => {
    await clock.advance(2_500);
    await sink.settled();
    return readFile(join(folder, 'providers.status.yaml'), 'utf8');
  };

  test('writes the status of what a file holds beside it, one document per object', async () => {
    sink.want(statusOf('a', '1/2'));
    sink.want(statusOf('b', '2/2'));
    const text = await written();
    expect(text).toContain('name: a');
    expect(text).toContain('programmed: 2/2');
    expect(text.match(/^---$/gm)).toHaveLength(2);
  });

  test('leaves out objects that come from no file, since their keys come from the environment', async () => {
    sink.want(statusOf('generated', '1/1'));
    sink.want(statusOf('a', '1/1'));
    expect(await written()).not.toContain('generated');
  });

  test('names what is broken on top', async () => {
    problems = [{ file: 'providers.yaml', document: 2, field: 'spec.type', message: 'must be one of ...' }];
    sink.want(statusOf('a', '1/1'));
    expect(await written()).toContain('# BROKEN (document 2, spec.type): must be one of ...');
  });

  test('takes the file away with the last object', async () => {
    sink.want(statusOf('a', '1/1'));
    await written();
    sink.forget(statusOf('a', '1/1'));
    await clock.advance(2_500);
    await sink.settled();
    expect(await readdir(folder)).toEqual([]);
  });
});
