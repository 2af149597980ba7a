import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NdjsonParser } from './ndjson-parser.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function parse(chunks: readonly Uint8Array[]): { readonly data: string; readonly endOffset: number }[] {
  const parser = new NdjsonParser();
  return [...chunks.map((chunk) => parser.push(chunk)), parser.end()].flatMap((result) => {
    if (result.type === 'too-large') throw new Error('too large');
    return result.events.map(({ data, endOffset }) => ({ data, endOffset }));
  });
}

describe('lines of JSON', () => {
  test('are the same however the bytes are split, and whatever ends the lines', () => {
    const lines = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 2 })), { maxLength: 4 });
    fc.assert(
      fc.property(lines, fc.constantFrom('\n', '\r\n', '\n\n'), fc.array(fc.nat(), { maxLength: 6 }), (values, end, cuts) => {
        const printed = values.map((value) => JSON.stringify(value));
        const whole = bytes(printed.map((line) => line + end).join(''));
        const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((left, right) => left - right), whole.length];
        const found = parse(at.slice(1).map((to, index) => whole.subarray(at[index], to)));
        expect(found.map(({ data }) => data)).toEqual(printed);
        expect(found).toEqual(parse([whole]));
      }),
    );
  });

  test('the last one counts without an end, too', () => {
    expect(parse([bytes('{"a":1}\n{"b":2}')])).toEqual([
      { data: '{"a":1}', endOffset: 8 },
      { data: '{"b":2}', endOffset: 15 },
    ]);
  });

  test('a line beyond the ceiling ends it, however it arrives', () => {
    const parser = new NdjsonParser({ lineBytes: 8 });
    expect(parser.push(bytes('{"a":1}\n{"b"'))).toMatchObject({ type: 'events' });
    expect(parser.push(bytes(':12345}'))).toEqual({ type: 'too-large', part: 'line', limitBytes: 8 });
    expect(parser.push(bytes('\n'))).toMatchObject({ type: 'too-large' });
    expect(parser.end()).toMatchObject({ type: 'too-large' });
  });
});
