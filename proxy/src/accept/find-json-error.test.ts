import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findJsonError } from './find-json-error.ts';

describe('findJsonError', () => {
  test.each([
    ['', 0],
    ['{', 1],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ['{"a":abc}', 5],
    ['[1,2', 4],
    ['[1 2]', 3],
    ['{"a":"\n"}', 5],
    ['{"a":01}', 6],
    ['{"a":1} x', 8],
    ['{"a":1}{', 7],
    ["{'a':1}", 1],
    ['{"a":"\\x"}', 5],
  ])('%j stops being JSON at %i', (text, position) => {
    expect(findJsonError(text)).toBe(position);
  });

  test('nothing before the position is at fault: what is JSON is read to its end', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(findJsonError(text)).toBe(text.length);
      }),
    );
  });
});

test('nesting without end is an error where it goes too deep, not an exhausted stack', () => {
  expect(findJsonError('['.repeat(100_000))).toBe(513);
  expect(findJsonError('{"a":'.repeat(100_000))).toBe(513 * 5);
});
