import { ByteBuffer } from '../../wire/byte-buffer.ts';
import { MAX_EVENT_BYTES, type ParsedSseEvent, type SseCeilings, type SsePush } from '../../wire/sse-parser.ts';
import type { StreamParser } from '../../wire/stream-parser.ts';

const DEFAULT_CEILINGS: Pick<SseCeilings, 'eventBytes'> = { eventBytes: MAX_EVENT_BYTES };
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const CURLY = 0x7b;

/**
 * Cuts `[{...},{...}]`, written bit by bit, into its elements, each an event; an object without an array around it (an
 * error) is one, too. Only the structure is read: what is inside an element is the decoder's concern.
 */
export class JsonArrayParser implements StreamParser {
  private readonly eventBytes: number;
  /** The element so far. */
  private readonly held: ByteBuffer;
  private consumedBytes = 0;
  /** Brackets open inside the element; 0 = between elements. */
  private depth = 0;
  private inString = false;
  private escaped = false;
  private failure: SsePush | undefined;

  constructor(ceilings: Pick<SseCeilings, 'eventBytes'> = DEFAULT_CEILINGS) {
    this.eventBytes = ceilings.eventBytes;
    this.held = new ByteBuffer(ceilings.eventBytes);
  }

  push(chunk: Uint8Array): SsePush {
    if (this.failure !== undefined) return this.failure;
    const events: ParsedSseEvent[] = [];
    let start = this.depth > 0 ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const began = this.depth === 0;
      this.step(chunk[at] ?? 0);
      if (began && this.depth > 0) start = at;
      if (began || this.depth > 0) continue;
      this.hold(chunk.subarray(start, at + 1));
      if (this.failure !== undefined) return this.failure;
      events.push({ event: '', data: this.held.take(), endOffset: this.consumedBytes + at + 1 });
      start = -1;
    }
    if (start !== -1) this.hold(chunk.subarray(start));
    this.consumedBytes += chunk.length;
    return this.failure ?? { type: 'events', events };
  }

  /** The element that the end of the stream cut off, as far as it came. */
  end(): SsePush {
    if (this.failure !== undefined) return this.failure;
    if (this.depth === 0) return { type: 'events', events: [] };
    this.depth = 0;
    return { type: 'events', events: [{ event: '', data: this.held.take(), endOffset: this.consumedBytes }] };
  }

  private step(byte: number): void {
    if (this.inString) {
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) this.inString = false;
    } else if (this.depth === 0) {
      // The array's own brackets, commas and white space.
      if (byte === CURLY) this.depth = 1;
    } else if (byte === QUOTE) {
      this.inString = true;
    } else if (OPENING.has(byte)) {
      this.depth++;
    } else if (CLOSING.has(byte)) {
      this.depth--;
    }
  }

  private hold(piece: Uint8Array): void {
    if (!this.held.add(piece)) this.failure = { type: 'too-large', part: 'event', limitBytes: this.eventBytes };
  }
}
