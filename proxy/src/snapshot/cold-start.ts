import type { TableOutcome } from './table-outcome.ts';
import type { TableStore } from './table-store.ts';

/** Where the first table came from; none = the proxy is not ready, the stream goes on trying. */
export type ColdStartSource = 'stream' | 'disk' | 'mounted' | 'none';

export interface ColdStartOptions {
  readonly store: TableStore;
  /** Settles with the first outcome of the control stream; undefined = there is no stream. */
  readonly stream: Promise<'applied' | 'failed'> | undefined;
  /** Files to try, in this order. */
  readonly files: readonly TableFile[];
  /** How long a stream that is still busy is preferred over files. */
  readonly preferStreamMs?: number;
  /** A file that exists and cannot be used. */
  readonly onUnusable: (source: ColdStartSource, reason: string) => void;
}

export interface TableFile {
  readonly source: 'disk' | 'mounted';
  read(): Promise<TableOutcome>;
}

const PREFER_STREAM_MS = 1_500;

/**
 * Gets the first table: from the stream when it answers within 1.5 s (a file may be old), else from the newest file that
 * can be used. So a proxy restarts while operator and API server are away, and a fresh one starts with what is true now.
 */
export async function coldStart(options: ColdStartOptions): Promise<ColdStartSource> {
  if (options.stream !== undefined) {
    const outcome = await firstWithin(options.stream, options.preferStreamMs ?? PREFER_STREAM_MS);
    if (outcome === 'applied') return 'stream';
  }
  for (const file of options.files) {
    const outcome = await file.read();
    if (options.store.current !== undefined) return 'stream';
    if (outcome.type === 'absent') continue;
    if (outcome.type === 'unusable') {
      options.onUnusable(file.source, outcome.reason);
      continue;
    }
    const loaded = options.store.load(outcome.table);
    if (loaded.type === 'applied') return file.source;
    options.onUnusable(file.source, loaded.reason);
  }
  return 'none';
}

function firstWithin(stream: Promise<'applied' | 'failed'>, ms: number): Promise<'applied' | 'failed' | 'late'> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('late'), ms);
    void stream.then((outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    });
  });
}
