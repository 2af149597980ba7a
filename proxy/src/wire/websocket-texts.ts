/** Larger messages are passed over: what is looked for is small. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
const TEXT = 1;
const CONTINUATION = 0;

/**
 * Reads the text messages out of a server's WebSocket bytes (RFC 6455 section 5.2: unmasked, no extensions) while they
 * pass by. Any split of the bytes yields the same messages; memory is bounded by one message.
 */
export class WebSocketTexts {
  #header: Buffer = Buffer.alloc(0);
  /** Payload bytes of the frame at hand that are still to come. */
  #left = 0;
  #final = false;
  #opcode = 0;
  #message: Buffer[] | undefined;
  #messageBytes = 0;
  #broken = false;

  push(chunk: Buffer): readonly string[] {
    const texts: string[] = [];
    let at = 0;
    while (at < chunk.length && !this.#broken) {
      if (this.#left === 0) {
        at = this.#readHeader(chunk, at);
        if (this.#left === 0 && this.#header.length === 0) this.#endFrame(texts);
        continue;
      }
      const end = Math.min(chunk.length, at + this.#left);
      this.#keep(chunk.subarray(at, end));
      this.#left -= end - at;
      at = end;
      if (this.#left === 0) this.#endFrame(texts);
    }
    return texts;
  }

  /** Takes bytes until the head of a frame is whole; `#header` is empty again once it is. */
  #readHeader(chunk: Buffer, from: number): number {
    let at = from;
    for (;;) {
      const wanted = headerLength(this.#header);
      if (this.#header.length >= wanted) break;
      if (at >= chunk.length) return at;
      const take = Math.min(wanted - this.#header.length, chunk.length - at);
      this.#header = Buffer.concat([this.#header, chunk.subarray(at, at + take)]);
      at += take;
    }
    const [first = 0, second = 0] = this.#header;
    this.#final = (first & 0x80) !== 0;
    this.#opcode = first & 0x0f;
    // A masked frame or an extension: not what a server sends here, so nothing more is understood.
    this.#broken = (second & 0x80) !== 0 || (first & 0x70) !== 0;
    this.#left = payloadLength(this.#header);
    this.#header = Buffer.alloc(0);
    if (this.#opcode === TEXT) {
      this.#message = [];
      this.#messageBytes = 0;
    } else if (this.#opcode === 2) this.#message = undefined;
    return at;
  }

  #keep(payload: Buffer): void {
    if (this.#message === undefined || this.#opcode > 2) return;
    this.#messageBytes += payload.length;
    if (this.#messageBytes > MAX_MESSAGE_BYTES) this.#message = undefined;
    else this.#message.push(payload);
  }

  #endFrame(texts: string[]): void {
    if (!this.#final || this.#message === undefined || (this.#opcode !== TEXT && this.#opcode !== CONTINUATION)) return;
    texts.push(Buffer.concat(this.#message).toString('utf8'));
    this.#message = undefined;
  }
}

function headerLength(header: Buffer): number {
  const length = (header[1] ?? 0) & 0x7f;
  if (header.length < 2) return 2;
  return length === 127 ? 10 : length === 126 ? 4 : 2;
}

function payloadLength(header: Buffer): number {
  const length = (header[1] ?? 0) & 0x7f;
  if (length === 126) return header.readUInt16BE(2);
  return length === 127 ? Number(header.readBigUInt64BE(2)) : length;
}
