import { describe, expect, test } from '@jest/globals';
import { findFileName } from './find-file-name.ts';

const part = (disposition: string, more = ''): string => `--b\r\nContent-Disposition: form-data; ${disposition}\r\n${more}\r\nx`;
/** `|` stands where the name begins. */
const marked = (form: string): string => {
  const places = findFileName(Buffer.from(form, 'latin1'), 'b') ?? [];
  return places.toReversed().reduce((text, place) => `${text.slice(0, place)}|${text.slice(place)}`, form);
};

describe('the name of the first file of a form', () => {
  test.each([
    ['name="file"; filename="|a.jsonl"'],
    ['filename="|a.jsonl"; name="file"'],
    ['name=file; filename=|a.jsonl'],
    ["name=file; filename=|a.jsonl; filename*=utf-8''|a.jsonl"],
    ["name=file; filename*=UTF-8'en'|%e2%82%ac.jsonl"],
    ['name="file";filename="|a"'],
    ['name="file"; FileName = "|a"'],
    ['name="file"; filename="|say \\"hi\\"; filename=b"'],
    ['name="a; filename=\\"x"; filename="|b"'],
    ['name="file"; filename="|"'],
  ])('%s', (disposition) => {
    const form = `${part('name="purpose"')}\r\n${part(disposition, 'Content-Type: text/plain\r\n')}`;
    expect(marked(form.replaceAll('|', ''))).toBe(form);
  });

  test('is not what a field only looks like', () => {
    const form = `--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\n; filename="mine"\r\n${part('name="file"; filename="|a"')}`;
    expect(marked(form.replaceAll('|', ''))).toBe(form);
  });

  test('of several files is that of the first', () => {
    const form = `${part('name="file"; filename="|a"')}\r\n${part('name="file"; filename="b"')}`;
    expect(marked(form.replaceAll('|', ''))).toBe(form);
  });

  test.each([
    ['', 'nothing has come'],
    ['--b\r\ncontent-disposition: form-data; name="file"; filename="a', 'it has not come completely'],
    ['--other\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n', 'it is another form'],
    [part('name="file"; filename*=a'), 'it says no charset'],
    ['--b\r\ncontent-type: text/plain; filename="a"\r\n\r\nx', 'it stands in another header'],
  ])('%j has none: %s', (form) => expect(findFileName(Buffer.from(form), 'b')).toBeUndefined());
});
