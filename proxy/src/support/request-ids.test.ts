import { expect, test } from '@jest/globals';
import { createRequestIds } from './request-ids.ts';

test('ids differ within a process and between processes', () => {
  const first = createRequestIds();
  const second = createRequestIds();
  const ids = [first(), first(), second(), second()];
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}-[0-9a-f]{8}$/);
  expect(createRequestIds('p')()).toBe('p-00000001');
});
