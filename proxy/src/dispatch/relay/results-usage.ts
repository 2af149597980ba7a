import { parseJson } from '../../wire/read-json.ts';
import type { Usage } from '../../wire/usage.ts';
import { addUsage, readResultUsage } from './batch-use.ts';

/** A longer line is passed on like any other, but not read. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const NEW_LINE = 0x0a;

/** Sums what the lines of a batch's results have used, as they pass by. */
export class ResultsUsage {
  #pieces: Buffer[] = [];
  #bytes = 0;
  #sum: Usage | undefined;

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEW_LINE); at >= 0; at = chunk.indexOf(NEW_LINE, from)) {
      this.#keep(chunk.subarray(from, at));
      this.#endLine();
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  /** Of everything that was pushed; undefined when no line has told. */
  end(): Usage | undefined {
    this.#endLine();
    return this.#sum;
  }

  #keep(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes <= MAX_LINE_BYTES) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  #endLine(): void {
    const line = this.#bytes > MAX_LINE_BYTES || this.#bytes === 0 ? '' : Buffer.concat(this.#pieces).toString('utf8');
    this.#pieces = [];
    this.#bytes = 0;
    const usage = line.includes('"usage"') ? readResultUsage(parseJson(line)) : undefined;
    if (usage !== undefined) this.#sum = addUsage(this.#sum, usage);
  }
}
