import { describe, expect, test } from '@jest/globals';
import { compileKeywords } from './compile-keywords.ts';

describe('compileKeywords', () => {
  test.each([
    ['refund', 'Please REFUND me', true],
    ['refund', 'refund', true],
    ['refund', 'refunds', false],
    ['refund', 'prerefund', false],
    ['refund', 'refunded, then refund.', true],
    ['refund', 'my_refund', false],
    ['refund', 'refund2', false],
    ['refund', '(refund)', true],
    ['credit card', 'my credit card number', true],
    ['c++', 'I like C++, really', true],
    ['c++', 'c++11', true],
    ['.net', 'ASP.NET core', true],
    ['straße', 'Die STRASSE', false],
    ['größe', 'GRÖSSE oder GRÖßE', true],
    ['é', 'café', false],
    ['😀', 'hi😀there', true],
    ['退款', '我要退款谢谢', true],
    ['かな', 'ひらかなです', true],
    ['a', '', false],
  ])('%j in %j: %j', (keyword, text, expected) => {
    expect(compileKeywords([keyword])(text)).toBe(expected);
  });

  test('any one of several keywords is enough', () => {
    const occurs = compileKeywords(['invoice', 'refund']);
    expect(occurs('about an invoice')).toBe(true);
    expect(occurs('about nothing')).toBe(false);
  });

  test('characters with a meaning in patterns are plain characters here', () => {
    expect(compileKeywords(['a.c'])('abc')).toBe(false);
    expect(compileKeywords(['(a+)+$'])('x (a+)+$ y')).toBe(true);
  });

  test('time stays linear in hostile texts', () => {
    const occurs = compileKeywords(['aaaaaaaaab']);
    expect(occurs('a'.repeat(65_536))).toBe(false);
  });
});
