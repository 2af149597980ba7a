import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LineBuilder } from './line-builder.ts';

test('a line is one JSON object, absent values leave no trace', () => {
  const line = new LineBuilder('{"level":30')
    .text('a', 'team/x')
    .text('b', undefined)
    .number('c', 1.5)
    .number('d', Number.NaN)
    .flag('e', false)
    .list('f', [new LineBuilder('{').text('g', 'h').number('i', 0).embed(), new LineBuilder('{').embed()])
    .end();
  expect(line.endsWith('}\n')).toBe(true);
  expect(JSON.parse(line)).toEqual({ level: 30, a: 'team/x', c: 1.5, d: null, e: false, f: [{ g: 'h', i: 0 }, {}] });
});

test('no text can break out of its line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const line = new LineBuilder('{"level":30').text('model', text).end();
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect((JSON.parse(line) as { readonly model: string }).model).toBe(text);
    }),
  );
});
