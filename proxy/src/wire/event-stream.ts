import { crc32 } from './crc32.ts';
import { MAX_EVENT_BYTES, type ParsedSseEvent, type SseCeilings, type SsePush } from './sse-parser.ts';
import type { StreamParser } from './stream-parser.ts';

const DEFAULT_CEILINGS: Pick<SseCeilings, 'eventBytes'> = { eventBytes: MAX_EVENT_BYTES };
const EMPTY = new Uint8Array(0);
/** Two lengths and their checksum. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
const utf8 = new TextDecoder('utf-8');

/** Bytes of a header's value by its type; 6 and 7 are byte strings and texts with a length of two bytes before them. */
const VALUE_BYTES: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };

/** Exceptions and errors are events named `exception/<type>`; frames that are not what they claim are one of these. */
export const EXCEPTION_PREFIX = 'exception/';

/**
 * Cuts `application/vnd.amazon.eventstream` into events: frames of total length, header length, checksum of both,
 * headers, payload and checksum of all, big-endian (smithy.io, "Amazon Event Stream Specification"). The name of an event
 * is its `:event-type`, its data the payload. After a frame whose checksums or lengths do not fit, nothing more can be
 * read: that is told as one exception.
 */
export class EventStreamParser implements StreamParser {
  private readonly eventBytes: number;
  /** The beginning of a frame whose rest has not come: the first `heldBytes` of a buffer that doubles. */
  private held: Uint8Array = EMPTY;
  private heldBytes = 0;
  private consumedBytes = 0;
  private lastBlock: Uint8Array = EMPTY;
  private lastHeaders: Headers | undefined;
  private over: SsePush | undefined;

  constructor(ceilings: Pick<SseCeilings, 'eventBytes'> = DEFAULT_CEILINGS) {
    this.eventBytes = ceilings.eventBytes;
  }

  push(chunk: Uint8Array): SsePush {
    if (this.over !== undefined) return this.over;
    const bytes = this.heldBytes === 0 ? chunk : this.hold(chunk);
    const events: ParsedSseEvent[] = [];
    let at = 0;
    for (;;) {
      const frame = this.frameAt(bytes, at);
      if (frame.type === 'incomplete') break;
      if (frame.type !== 'frame') return this.stop(frame, events, at);
      at += frame.length;
      const event = frame.event;
      if (event !== undefined) events.push({ ...event, endOffset: this.consumedBytes + at });
    }
    this.keep(bytes.subarray(at));
    this.consumedBytes += at;
    return { type: 'events', events };
  }

  /** A frame that the end of the stream cut off is worth nothing. */
  end(): SsePush {
    return this.over ?? { type: 'events', events: [] };
  }

  private stop(fault: Extract<Frame, { type: 'broken' | 'too-large' }>, events: ParsedSseEvent[], at: number): SsePush {
    this.held = EMPTY;
    this.heldBytes = 0;
    this.over = { type: 'events', events: [] };
    if (fault.type === 'too-large') {
      this.over = { type: 'too-large', part: 'event', limitBytes: this.eventBytes };
      return this.over;
    }
    const data = JSON.stringify({ message: `the event stream is broken: ${fault.why}` });
    return { type: 'events', events: [...events, { event: `${EXCEPTION_PREFIX}malformed`, data, endOffset: this.consumedBytes + at }] };
  }

  private frameAt(bytes: Uint8Array, at: number): Frame {
    const available = bytes.length - at;
    if (available < PRELUDE_BYTES) return { type: 'incomplete' };
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, available);
    const length = view.getUint32(0);
    const headerBytes = view.getUint32(4);
    if (crc32(bytes, at, at + 8) !== view.getUint32(8)) return { type: 'broken', why: 'checksum of the lengths' };
    if (headerBytes > length - PRELUDE_BYTES - CHECKSUM_BYTES) return { type: 'broken', why: 'lengths' };
    if (length > this.eventBytes) return { type: 'too-large' };
    if (available < length) return { type: 'incomplete' };
    const end = length - CHECKSUM_BYTES;
    if (crc32(bytes, at, at + end) !== view.getUint32(end)) return { type: 'broken', why: 'checksum of a message' };
    const payloadAt = PRELUDE_BYTES + headerBytes;
    const headers = this.headersOf(bytes.subarray(at + PRELUDE_BYTES, at + payloadAt));
    if (headers === undefined) return { type: 'broken', why: 'headers' };
    return { type: 'frame', length, event: eventOf(headers, utf8.decode(bytes.subarray(at + payloadAt, at + end))) };
  }

  /** Most frames have the headers of the one before them (deltas), so those are not read again. */
  private headersOf(block: Uint8Array): Headers | undefined {
    if (this.lastHeaders !== undefined && isSame(this.lastBlock, block)) return this.lastHeaders;
    this.lastHeaders = readHeaders(block);
    this.lastBlock = block.slice();
    return this.lastHeaders;
  }

  /** Appends to what is held; whoever reads the socket may reuse its buffer, so bytes are copied. */
  private hold(chunk: Uint8Array): Uint8Array {
    const needed = this.heldBytes + chunk.length;
    if (needed > this.held.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.held.length));
      grown.set(this.held.subarray(0, this.heldBytes));
      this.held = grown;
    }
    this.held.set(chunk, this.heldBytes);
    this.heldBytes = needed;
    return this.held.subarray(0, needed);
  }

  private keep(rest: Uint8Array): void {
    if (rest.length === this.heldBytes && rest.buffer === this.held.buffer) return;
    // A copy of its own, also where the rest lies in the buffer itself.
    this.held = rest.length === 0 ? EMPTY : rest.slice();
    this.heldBytes = rest.length;
  }
}

type Frame =
  | { readonly type: 'incomplete' }
  | { readonly type: 'too-large' }
  | { readonly type: 'broken'; readonly why: string }
  | { readonly type: 'frame'; readonly length: number; readonly event: { readonly event: string; readonly data: string } | undefined };

type Headers = ReadonlyMap<string, string>;

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}

/** The text headers; undefined: they do not end where they should. */
function readHeaders(bytes: Uint8Array): Headers | undefined {
  const headers = new Map<string, string>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0);
    const type = bytes[nameEnd];
    if (type === undefined) return undefined;
    const isSized = type === 6 || type === 7;
    if (isSized && nameEnd + 3 > bytes.length) return undefined;
    const valueAt = nameEnd + (isSized ? 3 : 1);
    const size = isSized ? view.getUint16(nameEnd + 1) : VALUE_BYTES[type];
    if (size === undefined || valueAt + size > bytes.length) return undefined;
    if (type === 7) headers.set(utf8.decode(bytes.subarray(at + 1, nameEnd)), utf8.decode(bytes.subarray(valueAt, valueAt + size)));
    at = valueAt + size;
  }
  return headers;
}

function eventOf(headers: Headers, data: string): { readonly event: string; readonly data: string } | undefined {
  switch (headers.get(':message-type')) {
    case 'event':
      return { event: headers.get(':event-type') ?? '', data };
    case 'exception':
      return { event: `${EXCEPTION_PREFIX}${headers.get(':exception-type') ?? 'unknown'}`, data };
    case 'error': {
      const message = JSON.stringify({ message: headers.get(':error-message') ?? '' });
      return { event: `${EXCEPTION_PREFIX}${headers.get(':error-code') ?? 'unknown'}`, data: message };
    }
    default:
      return undefined;
  }
}
