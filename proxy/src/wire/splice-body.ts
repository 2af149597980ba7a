import type { ScannedBody } from './json-scan.ts';
import { asObject, parseJson } from './read-json.ts';

export interface SpliceChanges {
  /** The provider's name for the model. */
  readonly model?: string;
  /** Ask an OpenAI-compatible provider for usage at the end of the stream. */
  readonly includeUsage?: boolean;
}

/** The upstream body: pieces to be written one after the other, mostly views of the caller's bytes. */
export interface SplicedBody {
  readonly pieces: readonly Uint8Array[];
  readonly byteLength: number;
}

const encoder = new TextEncoder();

/**
 * The caller's body with the model name replaced, and `stream_options.include_usage` asked for, without parsing or
 * printing anything else: numbers keep their digits, keys their order, base64 its single copy.
 */
export function spliceBody(bytes: Uint8Array, scan: ScannedBody, changes: SpliceChanges): SplicedBody {
  const edits: Edit[] = [];
  const inserted: string[] = [];
  if (changes.model !== undefined) {
    const text = JSON.stringify(changes.model);
    if (scan.model) edits.push({ ...scan.model, text });
    else inserted.push(`"model":${text}`);
  }
  if (changes.includeUsage === true) {
    if (scan.streamOptions)
      edits.push({ ...scan.streamOptions, text: withUsage(bytes.subarray(scan.streamOptions.start, scan.streamOptions.end)) });
    else inserted.push('"stream_options":{"include_usage":true}');
  }
  if (inserted.length > 0) edits.push({ start: scan.bodyStart, end: scan.bodyStart, text: inserted.join(',') + (scan.empty ? '' : ',') });
  return applied(bytes, edits);
}

/** One array, for clients that cannot write pieces. */
export function joinPieces(body: SplicedBody): Uint8Array {
  const [first] = body.pieces;
  if (body.pieces.length === 1 && first) return first;
  const whole = new Uint8Array(body.byteLength);
  let at = 0;
  for (const piece of body.pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function applied(bytes: Uint8Array, edits: Edit[]): SplicedBody {
  edits.sort((left, right) => left.start - right.start);
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const edit of edits) {
    pieces.push(bytes.subarray(at, edit.start), encoder.encode(edit.text));
    at = edit.end;
  }
  pieces.push(bytes.subarray(at));
  let byteLength = 0;
  for (const piece of pieces) byteLength += piece.length;
  return { pieces, byteLength };
}

/** Other options (`include_obfuscation`) stay as the caller set them. */
function withUsage(value: Uint8Array): string {
  const options = asObject(parseJson(new TextDecoder().decode(value))) ?? {};
  return JSON.stringify({ ...options, include_usage: true });
}
