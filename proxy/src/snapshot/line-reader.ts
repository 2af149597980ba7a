const NEWLINE = 0x0a;

/** Cuts a byte stream into lines of at most `maxLineBytes`; pieces are joined once per line, not once per chunk. */
export class LineReader {
  readonly #maxLineBytes: number;
  #pieces: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** The lines that end in this chunk, without their ends; undefined when a line exceeds the ceiling. */
  push(chunk: Uint8Array): readonly string[] | undefined {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      if (this.#pendingBytes > this.#maxLineBytes) return undefined;
      lines.push(Buffer.concat(this.#pieces).toString('utf8'));
      this.#pieces = [];
      this.#pendingBytes = 0;
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return this.#pendingBytes > this.#maxLineBytes ? undefined : lines;
  }

  #keep(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#pendingBytes += piece.length;
  }
}
