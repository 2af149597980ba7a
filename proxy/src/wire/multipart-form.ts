import type { ByteRange } from './json-scan.ts';

/** A `multipart/form-data` body, as far as routing needs it: its short texts, and where in the bytes they are. */
export interface MultipartForm {
  readonly type: 'form';
  readonly boundary: string;
  /** Fields without a file name, by name; of several with one name the first. */
  readonly fields: ReadonlyMap<string, FormField>;
  /** Where the first delimiter starts: parts can be inserted here. */
  readonly start: number;
}

export interface FormField {
  readonly text: string;
  /** Bytes of the text. */
  readonly range: ByteRange;
}

export type ReadForm = MultipartForm | { readonly type: 'invalid'; readonly message: string; readonly param?: string };

/** Longer texts are not looked at: nothing that routes is. */
const MAX_FIELD_BYTES = 64 * 1024;
const MAX_PART_HEAD_BYTES = 8 * 1024;
const MAX_PARTS = 256;
/** Two readers could disagree about who is being asked. */
const ONCE = new Set(['model', 'stream']);

const BOUNDARY = /^multipart\/form-data\s*(?:;[^;]*)*;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70}))\s*(?:;|$)/i;
const NAME = /;\s*name=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i;
const FILE = /;\s*filename\*?=/i;

/** The boundary of a form's content type, or undefined when it is none. */
export function formBoundary(contentType: string | undefined): string | undefined {
  const match = BOUNDARY.exec(contentType ?? '');
  return match?.[1] ?? match?.[2];
}

/** Reads the parts of a form (RFC 7578) without copying or decoding files. */
export function readMultipart(bytes: Buffer, boundary: string): ReadForm {
  const delimiter = `--${boundary}`;
  const start = bytes.indexOf(delimiter);
  if (start < 0) return { type: 'invalid', message: 'the form has no part' };
  const fields = new Map<string, FormField>();
  let at = start + delimiter.length;
  for (let parts = 0; parts < MAX_PARTS; parts++) {
    if (bytes.toString('latin1', at, at + 2) === '--') return { type: 'form', boundary, fields, start };
    const headEnd = bytes.indexOf('\r\n\r\n', at);
    if (headEnd < 0 || headEnd - at > MAX_PART_HEAD_BYTES) return { type: 'invalid', message: 'a part of the form has no proper head' };
    const body = headEnd + 4;
    const end = bytes.indexOf(`\r\n${delimiter}`, headEnd + 2);
    if (end < 0) return { type: 'invalid', message: 'the form is cut off' };
    const name = fieldName(bytes.toString('utf8', at, headEnd));
    if (name !== undefined && end - body <= MAX_FIELD_BYTES) {
      if (fields.has(name) && ONCE.has(name)) return { type: 'invalid', message: `the field "${name}" occurs twice`, param: name };
      if (!fields.has(name)) fields.set(name, { text: bytes.toString('utf8', body, Math.max(body, end)), range: { start: body, end } });
    }
    at = end + 2 + delimiter.length;
  }
  return { type: 'invalid', message: `the form has more than ${MAX_PARTS} parts` };
}

/** Undefined for files. */
function fieldName(head: string): string | undefined {
  const disposition = head.split('\r\n').find((line) => /^content-disposition:/i.test(line)) ?? '';
  if (FILE.test(disposition)) return undefined;
  const match = NAME.exec(disposition);
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2];
}
