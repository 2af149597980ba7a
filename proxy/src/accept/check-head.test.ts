import { describe, expect, test } from '@jest/globals';
import { checkHead } from './check-head.ts';
import { readRequestHead } from './request-head.ts';

function check(url: string, rawHeaders: readonly string[] = ['host', 'proxy.test'], httpVersion = '1.1'): ReturnType<typeof checkHead> {
  return checkHead({ method: 'POST', url, httpVersion, rawHeaders }, readRequestHead(rawHeaders));
}

/** Refusals are asserted word by word over HTTP in test/src/paths/proxy-bad-input.test.ts. */
describe('checkHead', () => {
  test.each([
    ['/v1/models', '/v1/models'],
    ['/v1/models?limit=5', '/v1/models'],
    ['http://proxy.test/v1/models?x', '/v1/models'],
    ['HTTP://PROXY.TEST/v1/models', '/v1/models'],
  ])('%s is the path %s', (url, path) => {
    expect(check(url)).toMatchObject({ type: 'ok', path });
  });

  test.each(['*', 'v1/models', 'http://other.test/v1/models', 'http://proxy.test@other.test/', 'ftp://proxy.test/x'])(
    '%s is no target',
    (url) => {
      expect(check(url)).toMatchObject({ type: 'refused', error: { status: 400 } });
    },
  );

  test.each(['proxy.test', 'proxy.test:8080', '127.0.0.1', '[::1]:8080', 'headgate.team.svc'])('%s is a Host', (host) => {
    expect(check('/', ['host', host]).type).toBe('ok');
  });

  test('HTTP/1.0 needs no Host but may not be chunked', () => {
    expect(check('/', [], '1.0').type).toBe('ok');
    expect(check('/', ['transfer-encoding', 'chunked'], '1.0').type).toBe('refused');
    expect(check('/', [], '1.1').type).toBe('refused');
  });

  test('an identity encoding is none', () => {
    expect(check('/', ['host', 'a', 'content-encoding', 'identity']).type).toBe('ok');
  });
});
