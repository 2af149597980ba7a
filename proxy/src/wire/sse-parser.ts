import type { SseEvent } from './sse.ts';

/** An event and the place of its last byte, so that pass-through can forward or drop exactly the bytes it came in. */
export interface ParsedSseEvent extends SseEvent {
  /** Bytes of the stream up to and including the event's blank line; the event starts where the one before ended. */
  readonly endOffset: number;
}

export type SsePush =
  | { readonly type: 'events'; readonly events: readonly ParsedSseEvent[] }
  /** A hostile or broken upstream; the parser is dead from here on. */
  | { readonly type: 'too-large'; readonly part: 'line' | 'event'; readonly limitBytes: number };

export interface SseCeilings {
  readonly lineBytes: number;
  readonly eventBytes: number;
}

/** Models that make pictures send each of them in one event. */
export const MAX_EVENT_BYTES: number = 16 * 1024 * 1024;
const DEFAULT_CEILINGS: SseCeilings = { lineBytes: MAX_EVENT_BYTES, eventBytes: MAX_EVENT_BYTES };
const LF = 10;
const BOM = '\uFEFF';
const EMPTY = new Uint8Array(0);
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
/** One character per byte. */
const bytewise = new TextDecoder('latin1');

/**
 * Incremental parser of `text/event-stream` (WHATWG HTML 9.2.6) over bytes: however the stream is split, inside a
 * character or a CRLF, the events are the same. Beyond the specification: an event cut off by the end of the stream is
 * still given (`end`), and a bare JSON text between events is an event too, since Gemini and several proxies write
 * errors into a stream without `data:`.
 *
 * One decode per push. Offsets in the decoded text are offsets in the bytes: for ASCII chunks by nature, for others
 * because structure is then read from a one-byte-per-character view and only field values are decoded as UTF-8.
 */
export class SseParser {
  private readonly ceilings: SseCeilings;
  /** A line whose end has not come yet: the first `carryBytes` of a buffer that doubles, so that drips cost linear time. */
  private carry: Uint8Array = EMPTY;
  private carryBytes = 0;
  private consumedBytes = 0;
  private atStart = true;
  private lfMayFollow = false;
  private bare = false;
  private eventName = '';
  private data: string | undefined;
  private dataBytes = 0;
  private failure: SsePush | undefined;

  constructor(ceilings: SseCeilings = DEFAULT_CEILINGS) {
    this.ceilings = ceilings;
  }

  push(chunk: Uint8Array): SsePush {
    if (this.failure !== undefined) return this.failure;
    const events: ParsedSseEvent[] = [];
    this.readLines(chunk, events);
    this.consumedBytes += chunk.length;
    return this.failure ?? { type: 'events', events };
  }

  /** The stream has ended: gives the event that its end cut off, if there is one. */
  end(): SsePush {
    if (this.failure !== undefined) return this.failure;
    const events: ParsedSseEvent[] = [];
    if (this.carryBytes > 0) this.line(this.takeCarry(EMPTY), this.consumedBytes, events);
    this.dispatch(this.consumedBytes, events);
    return this.failure ?? { type: 'events', events };
  }

  private readLines(chunk: Uint8Array, events: ParsedSseEvent[]): void {
    let text = utf8.decode(chunk);
    const ascii = text.length === chunk.length && !text.includes('\uFFFD');
    if (!ascii) text = bytewise.decode(chunk);
    let start = this.lfMayFollow && chunk[0] === LF ? 1 : 0;
    if (chunk.length > 0) this.lfMayFollow = false;
    let nextCr = text.indexOf('\r', start);
    while (start < chunk.length) {
      const lf = text.indexOf('\n', start);
      if (nextCr !== -1 && nextCr < start) nextCr = text.indexOf('\r', start);
      const end = lf === -1 || (nextCr !== -1 && nextCr < lf) ? nextCr : lf;
      if (end === -1) {
        this.keep(chunk.subarray(start));
        return;
      }
      const endsWithCr = end !== lf;
      const next = endsWithCr && lf === end + 1 ? end + 2 : end + 1;
      if (endsWithCr && next === chunk.length && lf === -1) this.lfMayFollow = true;
      if (this.carryBytes + end - start > this.ceilings.lineBytes) this.fail('line', this.ceilings.lineBytes);
      else this.line(this.lineText(chunk, text, start, end, ascii), this.consumedBytes + next, events);
      if (this.failure !== undefined) return;
      start = next;
    }
  }

  private lineText(chunk: Uint8Array, text: string, start: number, end: number, ascii: boolean): string {
    if (this.carryBytes > 0) return this.takeCarry(chunk.subarray(start, end));
    return ascii ? text.slice(start, end) : utf8.decode(chunk.subarray(start, end));
  }

  /** Copies: whoever reads the socket may reuse its buffer. */
  private keep(rest: Uint8Array): void {
    const needed = this.carryBytes + rest.length;
    if (needed > this.ceilings.lineBytes) {
      this.fail('line', this.ceilings.lineBytes);
      return;
    }
    if (needed > this.carry.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.carry.length));
      grown.set(this.carry.subarray(0, this.carryBytes));
      this.carry = grown;
    }
    this.carry.set(rest, this.carryBytes);
    this.carryBytes = needed;
  }

  private takeCarry(last: Uint8Array): string {
    this.keep(last);
    const text = utf8.decode(this.carry.subarray(0, this.carryBytes));
    this.carry = EMPTY;
    this.carryBytes = 0;
    return text;
  }

  private line(raw: string, endOffset: number, events: ParsedSseEvent[]): void {
    const text = this.atStart && raw.startsWith(BOM) ? raw.slice(1) : raw;
    this.atStart = false;
    if (text.length === 0) {
      this.dispatch(endOffset, events);
    } else if (this.bare) {
      this.addData(text);
    } else if (text.startsWith('data:')) {
      this.addData(text.slice(text.startsWith(' ', 5) ? 6 : 5));
    } else if (text.startsWith('event:')) {
      this.eventName = text.slice(text.startsWith(' ', 6) ? 7 : 6);
    } else if (text === 'data') {
      this.addData('');
    } else if (text === 'event') {
      this.eventName = '';
    } else if (text.startsWith('{') && this.data === undefined) {
      this.bare = true;
      this.addData(text);
    }
    // Everything else is a comment, or a field (`id`, `retry`) that means nothing to a chat.
  }

  private addData(value: string): void {
    this.dataBytes += value.length + 1;
    if (this.dataBytes > this.ceilings.eventBytes) this.fail('event', this.ceilings.eventBytes);
    this.data = this.data === undefined ? value : `${this.data}\n${value}`;
  }

  private dispatch(endOffset: number, events: ParsedSseEvent[]): void {
    if (this.data !== undefined && this.failure === undefined) events.push({ event: this.eventName, data: this.data, endOffset });
    this.eventName = '';
    this.data = undefined;
    this.dataBytes = 0;
    this.bare = false;
  }

  private fail(part: 'line' | 'event', limitBytes: number): void {
    this.failure = { type: 'too-large', part, limitBytes };
    this.carry = EMPTY;
    this.carryBytes = 0;
    this.data = undefined;
  }
}
