import { write } from 'node:fs';

/** `node:fs.write` of all of `bytes` or less of them. */
export type WriteBytes = (fd: number, bytes: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void) => void;

/** Lines are gathered before a write: an unbuffered one costs a system call and a trip through the thread pool. */
const BATCH_CHARS = 32 * 1024;
/** What a reader that stopped reading may cost; later lines are dropped. */
const MAX_HELD_CHARS = 8 * 1024 * 1024;
const FLUSH_INTERVAL_MS = 1000;
/** A reader that takes nothing for this long at the end loses what is left. */
const MAX_CLOSE_MS = 500;
const RETRY_MS = 10;

const writeBytes: WriteBytes = (fd, bytes, done) => write(fd, bytes, 0, bytes.length, null, done);

/**
 * Whole lines onto a file descriptor, in batches, at least every second. A log must never stop what it tells about:
 * lines that cannot be written (reader gone, disk full) are dropped, and ending it takes a bounded time.
 */
export class LineFile {
  readonly #fd: number;
  readonly #write: WriteBytes;
  readonly #timer: NodeJS.Timeout;
  #held = '';
  #writing = false;
  #dropped = 0;
  #closed = false;
  #onIdle: () => void = () => {};

  constructor(fd: number, write: WriteBytes = writeBytes) {
    this.#fd = fd;
    this.#write = write;
    this.#timer = setInterval(() => this.flush(), FLUSH_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Lines that were lost so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A write is under way. One that stays so is stuck: its reader takes nothing, and no exit waits for less than its end. */
  get writing(): boolean {
    return this.#writing;
  }

  write(line: string): void {
    if (this.#closed || this.#held.length + line.length > MAX_HELD_CHARS) {
      this.#dropped += 1;
      return;
    }
    this.#held += line;
    if (this.#held.length >= BATCH_CHARS) this.flush();
  }

  /** Starts to write what is held, unless a write is under way. */
  flush(): void {
    if (this.#writing || this.#held === '') return;
    this.#writing = true;
    const batch = Buffer.from(this.#held);
    this.#held = '';
    this.#writeAll(batch);
  }

  /** Takes no more lines and writes what is left, for half a second at most. Never rejects. */
  close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.flush();
    if (!this.#writing) return Promise.resolve();
    return new Promise((resolve) => {
      const overdue = setTimeout(resolve, MAX_CLOSE_MS);
      this.#onIdle = () => {
        clearTimeout(overdue);
        resolve();
      };
    });
  }

  #writeAll(batch: Buffer): void {
    this.#write(this.#fd, batch, (error, written) => {
      if (error !== null && isBusy(error)) setTimeout(() => this.#writeAll(batch), RETRY_MS);
      else if (error === null && written < batch.length) this.#writeAll(batch.subarray(written));
      else {
        if (error !== null) this.#dropped += countLines(batch);
        this.#written();
      }
    });
  }

  #written(): void {
    this.#writing = false;
    if (this.#closed || this.#held.length >= BATCH_CHARS) this.flush();
    if (!this.#writing) this.#onIdle();
  }
}

function isBusy({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EAGAIN' || code === 'EBUSY';
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
}
