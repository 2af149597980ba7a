import { expect, test } from '@jest/globals';
import { headerText } from './header-text.ts';

test('names stay as they are where a header can hold them, and are encoded where it cannot', () => {
  expect(headerText('team/only/meta-llama/Llama-3:8b')).toBe('team/only/meta-llama/Llama-3:8b');
  expect(headerText('team/only/模型')).toBe('team/only/%E6%A8%A1%E5%9E%8B');
  expect(headerText('a\r\nset-cookie: b')).toBe('a%0D%0Aset-cookie:%20b');
  expect(headerText('half \ud800')).toBe('half%20%EF%BF%BD');
});
