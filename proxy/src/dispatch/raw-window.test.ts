import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawWindow } from './raw-window.ts';

test('what is taken, in any portions from any pieces, is what was appended', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { maxLength: 12 }),
      fc.array(fc.nat(30), { maxLength: 12 }),
      (pieces, portions) => {
        const whole = Buffer.concat(pieces);
        const window = new RawWindow();
        for (const piece of pieces) window.append(Buffer.from(piece));
        const taken: Buffer[] = [];
        let end = 0;
        for (const portion of [...portions, whole.length]) {
          end = Math.min(whole.length, end + portion);
          taken.push(window.take(end));
        }
        expect(Buffer.concat(taken)).toEqual(whole);
        expect(window.size).toBe(0);
      },
    ),
  );
});

test('a whole piece is handed on without a copy', () => {
  const piece = Buffer.from('event');
  const window = new RawWindow();
  window.append(piece);
  expect(window.take(5)).toBe(piece);
  window.append(piece);
  expect(window.take(8).buffer).toBe(piece.buffer);
});
