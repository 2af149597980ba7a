import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonArrayParser } from './json-array-parser.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function parse(chunks: readonly Uint8Array[]): { readonly data: string; readonly endOffset: number }[] {
  const parser = new JsonArrayParser();
  return [...chunks.map((chunk) => parser.push(chunk)), parser.end()].flatMap((result) => {
    if (result.type === 'too-large') throw new Error('too large');
    return result.events.map(({ data, endOffset }) => ({ data, endOffset }));
  });
}

describe('elements of a JSON array', () => {
  test('are the same however the bytes are split', () => {
    const elements = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 })), { maxLength: 4 });
    fc.assert(
      fc.property(elements, fc.constantFrom('', ' ', '\r\n'), fc.array(fc.nat(), { maxLength: 6 }), (values, space, cuts) => {
        const whole = bytes(
          `${space}[${space}${values.map((value) => JSON.stringify(value, null, space)).join(`${space},${space}`)}${space}]`,
        );
        const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((left, right) => left - right), whole.length];
        const split = at.slice(1).map((end, index) => whole.subarray(at[index], end));
        const found = parse(split);
        expect(found.map(({ data }) => JSON.parse(data) as unknown)).toEqual(
          values.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
        );
        expect(found).toEqual(parse([whole]));
      }),
    );
  });

  test('brackets and quotes in texts are text, and a byte at a time is enough', () => {
    const text = '[{"a":"]}\\"{["},{"b":["\\\\",{}]}]';
    const whole = bytes(text);
    expect(parse(Array.from(whole, (_, at) => whole.subarray(at, at + 1))).map(({ data }) => data)).toEqual([
      '{"a":"]}\\"{["}',
      '{"b":["\\\\",{}]}',
    ]);
  });

  test('offsets are those of the bytes behind each element', () => {
    const [first, second] = parse([bytes('[{"a":"é"}\r\n,{}]')]);
    expect([first?.endOffset, second?.endOffset]).toEqual([11, 16]);
  });

  test('an object without an array is an element, and so is what the end cut off', () => {
    expect(parse([bytes('{"error":{"code":503}}')]).map(({ data }) => data)).toEqual(['{"error":{"code":503}}']);
    expect(parse([bytes('[{"a":1},{"b":')]).map(({ data }) => data)).toEqual(['{"a":1}', '{"b":']);
  });

  test('chunks may be reused by whoever reads them', () => {
    const parser = new JsonArrayParser();
    const chunk = bytes('[{"a":');
    parser.push(chunk);
    chunk.fill(0);
    expect(parser.push(bytes('1}'))).toMatchObject({ events: [{ data: '{"a":1}' }] });
  });

  test('an element beyond the ceiling ends it, however it arrives', () => {
    const parser = new JsonArrayParser({ eventBytes: 8 });
    expect(parser.push(bytes('[{"a":1},'))).toMatchObject({ type: 'events' });
    expect(parser.push(bytes('{"a":'))).toMatchObject({ type: 'events' });
    expect(parser.push(bytes('"12345'))).toEqual({ type: 'too-large', part: 'event', limitBytes: 8 });
    expect(parser.push(bytes('"}'))).toMatchObject({ type: 'too-large' });
    expect(parser.end()).toMatchObject({ type: 'too-large' });
  });
});
