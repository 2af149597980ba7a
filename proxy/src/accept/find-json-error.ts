const SPACE = /[ \t\n\r]*/y;
// Control characters are not allowed bare; DEL and C1 (also \p{Cc}) are.
const STRING = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Offset of the first character at which `text` stops being JSON, or its length when it merely ends too early. V8 names
 * a position for some errors only. For texts that `JSON.parse` refused; nesting deeper than any accepted body counts as an
 * error of its own, for only the nesting of objects has been judged before.
 */
export function findJsonError(text: string): number {
  const end = skipValue(text, 0, 0);
  if (end.type === 'error') return end.at;
  return Math.min(skip(SPACE, text, end.at) ?? end.at, text.length);
}

/** Far above what a body may have, far below what the stack can take. */
const MAX_DEPTH = 512;

interface Place {
  readonly type: 'ok' | 'error';
  readonly at: number;
}

function skip(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function skipSpace(text: string, at: number): number {
  return skip(SPACE, text, at) ?? at;
}

function skipValue(text: string, from: number, depth: number): Place {
  const at = skipSpace(text, from);
  const first = text[at];
  if (depth > MAX_DEPTH) return { type: 'error', at };
  if (first === '{') return skipMembers(text, at + 1, '}', depth);
  if (first === '[') return skipMembers(text, at + 1, ']', depth);
  const end = skip(first === '"' ? STRING : SCALAR, text, at);
  return end === undefined ? { type: 'error', at } : { type: 'ok', at: end };
}

/** Members of an object (with keys) or elements of an array, up to and including `close`. */
function skipMembers(text: string, from: number, close: '}' | ']', depth: number): Place {
  let at = skipSpace(text, from);
  if (text[at] === close) return { type: 'ok', at: at + 1 };
  for (;;) {
    at = skipSpace(text, at);
    if (close === '}') {
      const keyEnd = skip(STRING, text, at);
      if (keyEnd === undefined) return { type: 'error', at };
      at = skipSpace(text, keyEnd);
      if (text[at] !== ':') return { type: 'error', at };
      at += 1;
    }
    const value = skipValue(text, at, depth + 1);
    if (value.type === 'error') return value;
    at = skipSpace(text, value.at);
    if (text[at] === close) return { type: 'ok', at: at + 1 };
    if (text[at] !== ',') return { type: 'error', at };
    at += 1;
  }
}
