import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nanoUsd, nanoUsdPerToken } from './prices.ts';

describe('nanoUsdPerToken', () => {
  test.each([
    ['2.50', 2500],
    ['10', 10_000],
    ['0', 0],
    ['0.0028', 2.8],
    ['0.04815', 48.15],
    ['0.000000001', 0.000001],
    ['999999.999999999', 999_999_999.999999],
    ['0.1', 100],
    ['0.29', 290],
    ['1.005', 1005],
  ])('%s USD per million tokens is %d', (text, expected) => expect(nanoUsdPerToken(text)).toBe(expected));

  test.each(['', '.5', '1.', '-1', '1e3', '1234567', '0.1234567890', ' 1', '1\n', 'NaN', 'Infinity', 2.5, null, undefined, {}])(
    '%j is not a price',
    (text) => expect(nanoUsdPerToken(text)).toBeUndefined(),
  );

  test('every price of up to three decimals is a whole number without float error', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (nano) => {
        const digits = String(nano).padStart(4, '0');
        expect(nanoUsdPerToken(`${digits.slice(0, -3)}.${digits.slice(-3)}`)).toBe(nano);
      }),
    );
  });
});

test('a price per request is whole nano-USD', () => {
  expect(nanoUsd('0.005')).toBe(5_000_000);
  expect(nanoUsd('0.000000001')).toBe(1);
  expect(nanoUsd('999999.999999999')).toBe(999_999_999_999_999);
});
