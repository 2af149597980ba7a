const EMPTY = new Uint8Array(0);
const utf8 = new TextDecoder('utf-8');

/** Bytes that are to become one text, up to a ceiling. The buffer doubles, so that drips cost linear time. */
export class ByteBuffer {
  private readonly ceiling: number;
  private bytes: Uint8Array = EMPTY;
  private length = 0;

  constructor(ceilingBytes: number) {
    this.ceiling = ceilingBytes;
  }

  /** Copies, since whoever reads the socket may reuse its buffer. False: beyond the ceiling; nothing is kept then. */
  add(piece: Uint8Array): boolean {
    const needed = this.length + piece.length;
    if (needed > this.ceiling) {
      this.clear();
      return false;
    }
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(piece, this.length);
    this.length = needed;
    return true;
  }

  /** The text so far; the buffer is empty afterwards. */
  take(): string {
    const text = utf8.decode(this.bytes.subarray(0, this.length));
    this.clear();
    return text;
  }

  private clear(): void {
    this.bytes = EMPTY;
    this.length = 0;
  }
}
