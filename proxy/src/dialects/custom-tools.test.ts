import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CustomInputReader } from './custom-input-reader.ts';
import { CustomInputWriter } from './custom-input-writer.ts';
import { argumentsToInput, inputToArguments } from './custom-tools.ts';

function readIn(pieces: readonly string[]): string {
  const reader = new CustomInputReader();
  return pieces.map((piece) => reader.push(piece)).join('') + reader.end();
}

/** The text cut at these places. */
function cut(text: string, places: readonly number[]): string[] {
  const ends = [...places.map((place) => place % (text.length + 1)), 0, text.length].sort((left, right) => left - right);
  return ends.slice(1).map((end, index) => text.slice(ends[index], end));
}

describe('text of custom tools in the arguments of a function', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });

  test('whatever the pieces, the text that comes out is the one that went in', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(500), { maxLength: 8 }), fc.array(fc.nat(500), { maxLength: 8 }), (input, cuts, otherCuts) => {
        expect(argumentsToInput(inputToArguments(input))).toBe(input);
        const writer = new CustomInputWriter();
        const written =
          cut(input, cuts)
            .map((piece) => writer.push(piece))
            .join('') + writer.end();
        expect(argumentsToInput(written)).toBe(input);
        expect(readIn(cut(written, otherCuts))).toBe(input);
      }),
    );
  });

  test('spaces before the text, and members behind it, do no harm', () => {
    expect(readIn(['{ "in', 'put" :', ' "a\\u', '00e9', '\\n"', ', "x": "y"}'])).toBe('aé\n');
  });

  test('line ends that a model did not escape are text', () => {
    expect(readIn(['{"input":"a\nb', '\tc"}'])).toBe('a\nb\tc');
  });

  test('arguments of another form are told whole, at the end', () => {
    expect(readIn(['just', ' text'])).toBe('just text');
    expect(readIn(['{"other":1,', '"input":"a"}'])).toBe('a');
    expect(readIn(['{"patch":', '"a"}'])).toBe('{"patch":"a"}');
    expect(readIn([])).toBe('');
  });

  test('a text that the limit cut off is told as far as it came', () => {
    expect(readIn(['{"input":"abc\\'])).toBe('abc');
  });
});
