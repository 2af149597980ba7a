/** A span of bytes: `[start, end)`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ScannedBody {
  readonly type: 'scanned';
  /** Just behind the opening brace: where a member can be inserted. */
  readonly bodyStart: number;
  /** True for `{}`: an inserted member needs no comma. */
  readonly empty: boolean;
  /** The values, quotes and braces included; absent when the body does not have them. */
  readonly model?: ByteRange;
  readonly stream?: ByteRange;
  readonly streamOptions?: ByteRange;
}

export type BodyScan =
  | ScannedBody
  | { readonly type: 'refused'; readonly reason: 'duplicate-key' | 'misspelt-key'; readonly key: string }
  | { readonly type: 'refused'; readonly reason: 'too-deep'; readonly maxDepth: number }
  /** Not one JSON object. The scan does not validate: a body that passes can still fail `JSON.parse`. */
  | { readonly type: 'malformed'; readonly offset: number };

/** Deeper nesting is refused before anything walks the body. */
export const MAX_JSON_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const ROUTING_KEYS = ['model', 'stream', 'stream_options'] as const;
type RoutingKey = (typeof ROUTING_KEYS)[number];

/**
 * Finds the members that decide about routing in the raw bytes of a request, in one pass, without parsing the rest: a
 * string costs one search for its closing quote however long it is. Routing members that occur twice, or in another
 * letter case, are refused, because two readers could then disagree about who is being asked.
 */
export function scanTopLevel(bytes: Uint8Array): BodyScan {
  const hasBom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const open = skipSpace(bytes, hasBom ? 3 : 0);
  if (bytes[open] !== OPEN_BRACE) return { type: 'malformed', offset: open };
  const bodyStart = open + 1;
  const first = skipSpace(bytes, bodyStart);
  const empty = bytes[first] === CLOSE_BRACE;
  const found = new Map<RoutingKey, ByteRange>();
  const close = empty ? first : readMembers(bytes, first, found);
  if (typeof close !== 'number') return close;
  const trailing = skipSpace(bytes, close + 1);
  if (trailing < bytes.length) return { type: 'malformed', offset: trailing };
  return scanned(bodyStart, empty, found);
}

/** Offset of the brace that closes the object. */
function readMembers(bytes: Uint8Array, from: number, found: Map<RoutingKey, ByteRange>): number | BodyScan {
  let at = from;
  for (;;) {
    if (bytes[at] !== QUOTE) return { type: 'malformed', offset: at };
    const keyEnd = stringEnd(bytes, at);
    const colon = skipSpace(bytes, keyEnd);
    if (bytes[colon] !== COLON) return { type: 'malformed', offset: colon };
    const key = routingKey(bytes, at, keyEnd);
    const start = skipSpace(bytes, colon + 1);
    const end = valueEnd(bytes, start);
    if (end === 'too-deep') return { type: 'refused', reason: 'too-deep', maxDepth: MAX_JSON_DEPTH };
    if (end === start) return { type: 'malformed', offset: start };
    if (key !== undefined) {
      const known = ROUTING_KEYS.find((name) => name === key);
      if (known === undefined) return { type: 'refused', reason: 'misspelt-key', key };
      if (found.has(known)) return { type: 'refused', reason: 'duplicate-key', key };
      found.set(known, { start, end });
    }
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACE) return at;
    if (bytes[at] !== COMMA) return { type: 'malformed', offset: at };
    at = skipSpace(bytes, at + 1);
  }
}

function scanned(bodyStart: number, empty: boolean, found: ReadonlyMap<RoutingKey, ByteRange>): ScannedBody {
  const model = found.get('model');
  const stream = found.get('stream');
  const streamOptions = found.get('stream_options');
  return {
    type: 'scanned',
    bodyStart,
    empty,
    ...(model && { model }),
    ...(stream && { stream }),
    ...(streamOptions && { streamOptions }),
  };
}

/** The key's text when it is, or in another letter case would be, a routing key. */
function routingKey(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start - 2;
  // The longest key with every character written as \uXXXX; anything longer cannot be one.
  if (length < 5 || length > 14 * 6) return undefined;
  let text = '';
  for (let at = start + 1; at < end - 1; at++) text += String.fromCharCode(bytes[at] ?? 0);
  if (text.includes('\\')) text = unescaped(text);
  const lower = text.toLowerCase();
  return ROUTING_KEYS.some((name) => name === lower) ? text : undefined;
}

function unescaped(text: string): string {
  return text.replace(/\\u([0-9a-fA-F]{4})/g, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Offset behind the value that starts at `start`; equal to `start` when there is none. */
function valueEnd(bytes: Uint8Array, start: number): number | 'too-deep' {
  const first = bytes[start];
  if (first === QUOTE) return stringEnd(bytes, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return containerEnd(bytes, start);
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === COLON || byte === QUOTE || isSpace(byte)) break;
    at++;
  }
  return at;
}

/** The top level is depth 1, so a container that is a top-level value starts at depth 2. */
function containerEnd(bytes: Uint8Array, start: number): number | 'too-deep' {
  let depth = 1;
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = stringEnd(bytes, at);
      continue;
    }
    at++;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > MAX_JSON_DEPTH) return 'too-deep';
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (--depth === 1) return at;
    }
  }
  return bytes.length;
}

/** Offset behind the closing quote of the string that opens at `start`, or the end of the body when it never closes. */
export function stringEnd(bytes: Uint8Array, start: number): number {
  let from = start + 1;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, from);
    if (quote === -1) return bytes.length;
    let slashes = 0;
    while (bytes[quote - 1 - slashes] === BACKSLASH && quote - 1 - slashes > start) slashes++;
    if (slashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
