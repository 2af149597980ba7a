import { describe, expect, test } from '@jest/globals';
import { LineReader } from './line-reader.ts';

describe('LineReader', () => {
  test('yields the same lines wherever the bytes are cut', () => {
    const bytes = Buffer.from('{"a":"é€😀"}\n\n{"b":2}\nrest');
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const reader = new LineReader(1_000);
      const lines = [...(reader.push(bytes.subarray(0, cut)) ?? []), ...(reader.push(bytes.subarray(cut)) ?? [])];
      expect(lines).toEqual(['{"a":"é€😀"}', '', '{"b":2}']);
    }
  });

  test('refuses a line above the ceiling, ended or not', () => {
    expect(new LineReader(4).push(Buffer.from('12345'))).toBeUndefined();
    expect(new LineReader(4).push(Buffer.from('12345\n'))).toBeUndefined();
    expect(new LineReader(4).push(Buffer.from('1234\n'))).toEqual(['1234']);
  });
});
