/** The bytes of a stream that have arrived but not been forwarded, addressed by their offset in the whole stream. */
export class RawWindow {
  #pieces: Buffer[] = [];
  /** Offset of the first byte held. */
  #startOffset = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(chunk: Buffer): void {
    this.#pieces.push(chunk);
    this.#size += chunk.length;
  }

  /** Removes and returns everything before `endOffset`. Without a copy when it is part of one piece. */
  take(endOffset: number): Buffer {
    const wanted = endOffset - this.#startOffset;
    const first = this.#pieces[0];
    if (wanted <= 0 || first === undefined) return EMPTY;
    if (first.length > wanted) {
      this.#pieces[0] = first.subarray(wanted);
      this.#advance(wanted);
      return first.subarray(0, wanted);
    }
    if (first.length === wanted) {
      this.#pieces.shift();
      this.#advance(wanted);
      return first;
    }
    const all = Buffer.concat(this.#pieces, this.#size);
    this.#pieces = all.length > wanted ? [all.subarray(wanted)] : [];
    this.#advance(wanted);
    return all.subarray(0, wanted);
  }

  #advance(bytes: number): void {
    this.#startOffset += bytes;
    this.#size -= bytes;
  }
}

const EMPTY = Buffer.alloc(0);
