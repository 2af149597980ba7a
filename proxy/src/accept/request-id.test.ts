import { expect, test } from '@jest/globals';
import { chooseRequestId } from './request-id.ts';

test.each([
  ['trace-7_a.b', 'trace-7_a.b'],
  [undefined, 'new'],
  ['', 'new'],
  ['two words', 'new'],
  ['line\nbreak', 'new'],
  ['x'.repeat(129), 'new'],
])('the request id %j becomes %s', (sent, chosen) => {
  expect(chooseRequestId(sent, () => 'new')).toBe(chosen);
});
