import { expect, test } from '@jest/globals';
import { explainNetworkError } from './network-failure.ts';

test.each([
  ['ECONNREFUSED', 'network', true],
  ['ENOTFOUND', 'network', true],
  ['EHOSTUNREACH', 'network', true],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout', true],
  ['CERT_HAS_EXPIRED', 'network', true],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'network', true],
  ['ECONNRESET', 'network', false],
  ['UND_ERR_SOCKET', 'network', false],
  ['UND_ERR_HEADERS_OVERFLOW', 'malformed', false],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'malformed', false],
  ['HPE_INVALID_CONSTANT', 'malformed', false],
  ['EWHATEVER', 'network', false],
])('%s is a failure of %s; never sent: %s', (code, reason, neverSent) => {
  const failure = explainNetworkError(Object.assign(new Error('boom'), { code }));
  expect([failure.error.reason, failure.neverSent, failure.error.code]).toEqual([reason, neverSent, code]);
});

test('a code may sit on the cause, and an error without any still says something', () => {
  expect(explainNetworkError(new Error('outer', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) })).neverSent).toBe(true);
  expect(explainNetworkError(new Error('strange')).error).toEqual({ reason: 'network', message: 'connection failed: strange' });
});
