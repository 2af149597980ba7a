import { expect, test } from '@jest/globals';
import { explainNetworkError } from './network-failure.ts';

test.each([
  ['ECONNREFUSED', 'network'],
  ['ENOTFOUND', 'network'],
  ['EHOSTUNREACH', 'network'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['CERT_HAS_EXPIRED', 'network'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'network'],
  ['ECONNRESET', 'network'],
  ['UND_ERR_SOCKET', 'network'],
  ['UND_ERR_HEADERS_OVERFLOW', 'malformed'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'malformed'],
  ['HPE_INVALID_CONSTANT', 'malformed'],
  ['EWHATEVER', 'network'],
])('%s is a failure of %s', (code, reason) => {
  const failure = explainNetworkError(Object.assign(new Error('boom'), { code }));
  expect([failure.reason, failure.code]).toEqual([reason, code]);
});

test('a code may sit on the cause, and an error without any still says something', () => {
  expect(explainNetworkError(new Error('outer', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) })).message).toBe(
    'connection refused',
  );
  expect(explainNetworkError(new Error('strange'))).toEqual({ reason: 'network', message: 'connection failed: strange' });
});
