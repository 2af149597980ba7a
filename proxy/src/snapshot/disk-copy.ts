import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';
import { CONTRACT_VERSION } from '@headgate/crds';
import type { Snapshot } from './snapshot.ts';
import { snapshotBodies } from './snapshot-bodies.ts';
import { parseTable, type TableOutcome } from './table-outcome.ts';

const FILE = 'table.json.gz';
/**
 * From an edit to its copy: a burst ends in one copy, and no copy competes with the acknowledgement of the edit. A proxy
 * that is killed in between starts from the copy before, or from the stream.
 */
const DELAY_MS = 5_000;
/** Resources per written piece: the event loop gets a turn after each. */
const PIECE_RESOURCES = 50;
const MAX_TABLE_BYTES = 256 * 1024 * 1024;

/**
 * The last table on local disk, for a restart while the operator is away. Gzip of two lines: the table as JSON, then the
 * sha256 (hex) of that line. Written beside the old copy and renamed over it, readable by the owner only, since it holds
 * provider keys.
 */
export class DiskCopy {
  readonly #folder: string;
  readonly #onFailure: (reason: string) => void;
  readonly #delayMs: number;
  #hurry: (() => void) | undefined;
  #wanted: Snapshot | undefined;
  #writing: Promise<void> | undefined;

  constructor(folder: string, onFailure: (reason: string) => void, delayMs: number = DELAY_MS) {
    this.#folder = folder;
    this.#onFailure = onFailure;
    this.#delayMs = delayMs;
  }

  /** Writes this snapshot soon, unless a newer one comes first. */
  offer(snapshot: Snapshot): void {
    this.#wanted = snapshot;
    this.#writing ??= this.#writeLoop().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Writes without delay what was offered; resolves when it is on disk, or has failed. */
  async flushed(): Promise<void> {
    while (this.#writing !== undefined) {
      this.#hurry?.();
      await this.#writing;
    }
  }

  async read(): Promise<TableOutcome> {
    let bytes: Buffer;
    try {
      bytes = await readFile(join(this.#folder, FILE));
    } catch (error) {
      return isMissing(error) ? { type: 'absent' } : { type: 'unusable', reason: messageOf(error) };
    }
    try {
      return parseCopy(gunzipSync(bytes, { maxOutputLength: MAX_TABLE_BYTES }).toString('utf8'));
    } catch (error) {
      return { type: 'unusable', reason: messageOf(error) };
    }
  }

  async #writeLoop(): Promise<void> {
    while (this.#wanted !== undefined) {
      await this.#pause();
      const snapshot = this.#wanted;
      this.#wanted = undefined;
      await this.#write(snapshot).catch((error: unknown) => this.#onFailure(messageOf(error)));
    }
  }

  /** The delay, which `flushed` cuts short. */
  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#hurry = resolve;
      setTimeout(resolve, this.#delayMs).unref();
    });
    this.#hurry = undefined;
  }

  async #write(snapshot: Snapshot): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const temporary = join(this.#folder, `.${FILE}.${process.pid}`);
    try {
      await pipeline(
        Readable.from(copyText(snapshot)),
        createGzip({ level: 1 }),
        createWriteStream(temporary, { mode: 0o600, flush: true }),
      );
      await rename(temporary, join(this.#folder, FILE));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

/** The text of the copy in pieces, so that a table of ten thousand policies never holds up requests. */
function* copyText(snapshot: Snapshot): Generator<string> {
  const digest = createHash('sha256');
  const hashed = (text: string): string => {
    digest.update(text);
    return text;
  };
  const { revision, hash } = snapshot;
  yield hashed(`{"contractVersion":${CONTRACT_VERSION},"revision":${revision},"hash":${JSON.stringify(hash)},"resources":{`);
  let piece: string[] = [];
  let first = true;
  for (const [key, resource] of snapshotBodies(snapshot)) {
    piece.push(`${first ? '' : ','}${JSON.stringify(key)}:${JSON.stringify(resource)}`);
    first = false;
    if (piece.length < PIECE_RESOURCES) continue;
    yield hashed(piece.join(''));
    piece = [];
  }
  yield hashed(`${piece.join('')}}}`);
  yield `\n${digest.digest('hex')}\n`;
}

function parseCopy(text: string): TableOutcome {
  const [table = '', sha256 = ''] = text.split('\n');
  if (createHash('sha256').update(table).digest('hex') !== sha256) return { type: 'unusable', reason: 'its sha256 does not match' };
  return parseTable(table);
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
