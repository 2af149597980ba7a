import { expect, test } from '@jest/globals';
import { lossHeader } from './loss-header.ts';

const named = (...fields: readonly string[]): string => lossHeader(fields.map((field) => ({ field, reason: 'none' })));

test('lists the fields that a target cannot carry', () => {
  expect(named('top_k', 'messages[0].content[1]')).toBe('top_k, messages[0].content[1]');
});

test('whatever a caller calls its fields, the header stays one', () => {
  expect(named('a\r\nset-cookie: b', '你好', 'a,b')).toBe('a%0D%0Aset-cookie:%20b, %E4%BD%A0%E5%A5%BD, a%2Cb');
  const long = named(...Array.from({ length: 1000 }, (_, i) => `field_${i}`));
  expect(long.length).toBeLessThan(2100);
  expect(long).toMatch(/, \.\.\.$/);
  expect(named('x'.repeat(5000))).toBe('...');
});
