import { createHash } from 'node:crypto';

/** What is kept of a request: enough for a test to say who was asked, how often and with which key. */
export interface LoggedRequest {
  readonly path: string;
  readonly model: string;
  /** First 12 hex digits of the key's sha256 (see `keyFingerprint`); empty without a key. */
  readonly keyFingerprint: string;
  readonly atMs: number;
}

const KEPT = 1000;

/** Counts every request and keeps the last thousand. */
export class RequestLog {
  #total = 0;
  #latest: LoggedRequest[] = [];

  add(request: LoggedRequest): void {
    this.#total += 1;
    this.#latest.push(request);
    if (this.#latest.length > KEPT) this.#latest = this.#latest.slice(-KEPT);
  }

  get total(): number {
    return this.#total;
  }

  get latest(): readonly LoggedRequest[] {
    return this.#latest;
  }
}

/** How a key is shown in the log: never the key itself. */
export function keyFingerprint(key: string): string {
  return key === '' ? '' : createHash('sha256').update(key).digest('hex').slice(0, 12);
}
