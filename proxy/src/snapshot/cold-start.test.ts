import { CONTRACT_VERSION } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { type ColdStartOptions, coldStart, type TableFile } from './cold-start.ts';
import { sampleDeps } from './sample-snapshot.ts';
import { samplePolicy, sampleResources } from './sample-table.ts';
import type { TableOutcome } from './table-outcome.ts';
import { TableStore } from './table-store.ts';

function tableOf(revision: number, contractVersion = CONTRACT_VERSION): TableOutcome {
  return {
    type: 'read',
    table: { contractVersion, revision, hash: '', resources: Object.fromEntries(sampleResources([samplePolicy('a', [])])) },
  };
}

function file(source: TableFile['source'], outcome: TableOutcome): TableFile {
  return { source, read: () => Promise.resolve(outcome) };
}

function start(options: Partial<ColdStartOptions>): {
  readonly store: TableStore;
  readonly unusable: string[];
  readonly source: ReturnType<typeof coldStart>;
} {
  const store = options.store ?? new TableStore(sampleDeps());
  const unusable: string[] = [];
  const onUnusable: ColdStartOptions['onUnusable'] = (source, reason) => unusable.push(`${source}: ${reason}`);
  return { store, unusable, source: coldStart({ stream: Promise.resolve('failed' as const), files: [], ...options, store, onUnusable }) };
}

describe('coldStart', () => {
  test('the stream wins over files', async () => {
    const { source, store } = start({ stream: Promise.resolve('applied' as const), files: [file('disk', tableOf(1))] });
    expect(await source).toBe('stream');
    expect(store.current).toBeUndefined();
  });

  test('a stream that failed is not waited for: the disk serves at once', async () => {
    const { source, store } = start({ files: [file('disk', tableOf(4)), file('mounted', tableOf(9))], preferStreamMs: 1e9 });
    expect(await source).toBe('disk');
    expect(store.current?.revision).toBe(4);
  });

  test('a stream that hangs is waited for, then files serve', async () => {
    const { source } = start({
      stream: new Promise(() => {}),
      files: [file('disk', { type: 'absent' }), file('mounted', tableOf(9))],
      preferStreamMs: 10,
    });
    expect(await source).toBe('mounted');
  });

  test('damaged files and files of another version are named and passed over', async () => {
    const files = [file('disk', { type: 'unusable', reason: 'sha256' }), file('mounted', tableOf(9, CONTRACT_VERSION + 1))];
    const { source, unusable, store } = start({ files });
    expect(await source).toBe('none');
    expect(unusable).toEqual(['disk: sha256', expect.stringMatching(/^mounted: contract version/)]);
    expect(store.current).toBeUndefined();
  });

  test('a table that the stream brings while a file is being read stays', async () => {
    const store = new TableStore(sampleDeps());
    const slow: TableFile = {
      source: 'disk',
      read: () => {
        const outcome = tableOf(50);
        if (outcome.type === 'read') store.load({ ...outcome.table, revision: 77 });
        return Promise.resolve(outcome);
      },
    };
    const { source } = start({ store, files: [slow] });
    expect(await source).toBe('stream');
    expect(store.current?.revision).toBe(77);
  });

  test('without stream and files there is nothing to serve', async () => {
    const { source, store } = start({ stream: undefined });
    expect(await source).toBe('none');
    expect(store.current).toBeUndefined();
  });
});
