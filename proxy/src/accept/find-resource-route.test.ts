import { expect, test } from '@jest/globals';
import { wrapId } from '../support/tagged-id.ts';
import { findResourceRoute } from './find-resource-route.ts';

test.each([
  ['POST', '/v1/files', { type: 'files', action: 'create' }],
  ['GET', '/v1/files', { type: 'files', action: 'list' }],
  ['GET', '/v1/files/hg_a.b.c', { type: 'files', action: 'read', id: 'hg_a.b.c' }],
  ['DELETE', '/v1/files/f', { type: 'files', action: 'delete', id: 'f' }],
  ['GET', '/v1/files/f/content', { type: 'files', action: 'content', id: 'f' }],
  ['POST', '/v1/batches', { type: 'batches', action: 'create' }],
  ['GET', '/v1/batches/b', { type: 'batches', action: 'read', id: 'b' }],
  ['POST', '/v1/batches/b/cancel', { type: 'batches', action: 'cancel', id: 'b' }],
  ['PUT', '/v1/files', { type: 'wrong-method', allow: 'POST, GET' }],
  ['POST', '/v1/files/f/content', { type: 'wrong-method', allow: 'GET' }],
  ['DELETE', '/v1/batches/b', { type: 'wrong-method', allow: 'GET' }],
  ['GET', '/v1/files/f/cancel', { type: 'unknown' }],
])('%s %s', (method, path, route) => {
  expect(findResourceRoute(method, path)).toMatchObject({ ...route, dialect: 'openai-chat' });
});

test.each(['/v1/filesystem', '/v1/files/', '/v1/files/a/b/c', '/v2/files', '/v1/files/a/other'])('%s is another path', (path) => {
  expect(findResourceRoute('GET', path)).toBeUndefined();
});

test('the longest id that can be given out is one that can be asked for', () => {
  const place = { provider: `${'n'.repeat(63)}/${'p'.repeat(253)}`, credential: 'c'.repeat(253), endedAtSeconds: 1_796_082_911 };
  const id = wrapId({ place, id: `file-${'x'.repeat(64)}` }, { owner: 'team/app uid', saltHex: 'ab'.repeat(32) });
  expect(findResourceRoute('GET', `/v1/files/${id}/content`)).toMatchObject({ action: 'content', id });
});
