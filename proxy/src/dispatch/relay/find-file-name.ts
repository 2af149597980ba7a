/**
 * Where the name of a form's first file begins (RFC 7578 section 4.2): `filename="a"`, `filename=a` and, beside or instead of
 * it, `filename*=utf-8''a` (.NET writes both). Undefined: not among these bytes. A text that only looks like a name does not
 * count: whoever writes a field must not decide what is taken for the file's name.
 * @param head the beginning of a form
 * @returns places in the bytes, ascending
 */
export function findFileName(head: Buffer, boundary: string): readonly number[] | undefined {
  const text = head.toString('latin1');
  const delimiter = `--${boundary}`;
  let at = text.startsWith(delimiter) ? 0 : text.indexOf(`\r\n${delimiter}`);
  while (at >= 0) {
    const headEnd = text.indexOf('\r\n\r\n', at);
    if (headEnd < 0) return undefined;
    const places = namesIn(text, at, headEnd);
    if (places.length > 0) return places;
    at = text.indexOf(`\r\n${delimiter}`, headEnd + 2);
  }
  return undefined;
}

const DISPOSITION = /\r\ncontent-disposition[ \t]*:[ \t]*form-data/i;
const PARAMETER = /\s*;\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\r\n"]*)/y;
/** `charset'language'`, in front of an extended value (RFC 8187). */
const EXTENDED = /^[^'"]*'[^'"]*'/;

/** Parameters are read one after the other: a quoted one may hold what looks like the next. */
function namesIn(text: string, from: number, end: number): readonly number[] {
  const head = text.slice(from, end);
  const places: number[] = [];
  const disposition = DISPOSITION.exec(head);
  let at = disposition === null ? head.length : disposition.index + disposition[0].length;
  while (at < head.length) {
    PARAMETER.lastIndex = at;
    const [whole = '', name = '', value = ''] = PARAMETER.exec(head) ?? [];
    if (whole === '') break;
    at += whole.length;
    const begin = from + at - value.length;
    const extended = EXTENDED.exec(value);
    if (/^filename$/i.test(name)) places.push(value.startsWith('"') ? begin + 1 : begin);
    else if (/^filename\*$/i.test(name) && extended !== null) places.push(begin + extended[0].length);
  }
  return places;
}
