import { describe, expect, test } from '@jest/globals';
import { readRequestHead } from './request-head.ts';

describe('readRequestHead', () => {
  test('finds what it needs in any letter case, and nothing in an empty head', () => {
    const head = readRequestHead([
      'HOST',
      'proxy.test',
      'Content-Length',
      '12',
      'CONTENT-ENCODING',
      'gzip',
      'X-Request-ID',
      'r1',
      'Anthropic-Version',
      'v',
    ]);
    expect(head).toMatchObject({
      hosts: 1,
      host: 'proxy.test',
      contentLength: 12,
      contentEncoding: 'gzip',
      requestId: 'r1',
      dialect: 'anthropic-messages',
    });
    expect(readRequestHead([])).toMatchObject({
      hosts: 0,
      host: undefined,
      contentLength: -1,
      apiKey: undefined,
      upgrade: false,
      dialect: 'openai-chat',
    });
    expect(readRequestHead(['x-goog-api-key', 'k'])).toMatchObject({ apiKey: 'k', dialect: 'gemini' });
  });

  test.each([
    [['authorization', 'Bearer one'], 'one'],
    [['Authorization', 'bearer   one'], 'one'],
    [['x-api-key', 'two'], 'two'],
    [['api-key', 'three'], 'three'],
    [['X-Goog-Api-Key', 'four'], 'four'],
    [['x-goog-api-key', 'four', 'api-key', 'three'], 'three'],
    [['api-key', 'three', 'x-api-key', 'two', 'authorization', 'Bearer one'], 'one'],
    [['authorization', 'Bearer ', 'x-api-key', 'two'], 'two'],
    [['authorization', 'Basic abc'], undefined],
    [['x-api-key', '  '], undefined],
  ])('takes the key of %j as %s', (rawHeaders, apiKey) => {
    expect(readRequestHead(rawHeaders).apiKey).toBe(apiKey);
  });

  test('counts hosts and joins transfer codings, so that doubles are seen', () => {
    const head = readRequestHead(['Host', 'a', 'Transfer-Encoding', 'gzip', 'host', 'b', 'transfer-encoding', 'chunked']);
    expect(head).toMatchObject({ hosts: 2, transferEncoding: 'gzip,chunked' });
  });
});
