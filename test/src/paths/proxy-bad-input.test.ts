import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { heldBytes } from '../fakes/held-bytes.ts';
import { openaiAnswer } from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { RawCaller, requestText } from '../fakes/raw-caller.ts';
import { CALLER_KEY, policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';
import { ScriptedUpstream } from '../fakes/scripted-upstream.ts';

const MAX_BODY_BYTES = 1024 * 1024;
const AUTH = `authorization: Bearer ${CALLER_KEY}`;
const CHAT = '/v1/chat/completions';
const CALL = '{"model":"assistant","messages":[{"role":"user","content":"hello"}]}';

let upstream: ScriptedUpstream;
let proxy: ProxyUnderTest;

beforeAll(async () => {
  upstream = await ScriptedUpstream.start(openaiAnswer('well'));
  proxy = await ProxyUnderTest.start(tableOf(providerResource('good', [upstream.url]), policyResource('assistant', [targetOf('good')])), {
    maxBodyBytes: MAX_BODY_BYTES,
    bodyTimeoutMs: 300,
    serverTimeouts: { headersTimeoutMs: 300, requestTimeoutMs: 5000, keepAliveTimeoutMs: 75_000, checkIntervalMs: 100 },
  });
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

async function post(path: string, body: string | Buffer | ReadableStream, headers: Readonly<Record<string, string>> = {}): Promise<Told> {
  const init = { method: 'POST', headers: { authorization: `Bearer ${CALLER_KEY}`, ...headers }, body, duplex: 'half' } as const;
  const response = await fetch(`${proxy.url}${path}`, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function openaiError(code: string, message: string, param: string | null = null, type = 'invalid_request_error'): object {
  return { error: { message, type, param, code } };
}

/** Sends text as it is and gives the whole answer, up to the close of the connection. */
async function exchange(text: string | Buffer): Promise<string> {
  const caller = await RawCaller.connect(proxy.proxy.dataPort);
  caller.send(text);
  caller.socket.end();
  return caller.untilClosed();
}

function bodyOf(answer: string): unknown {
  return JSON.parse(answer.slice(answer.lastIndexOf('\r\n\r\n') + 4));
}

describe('a body that is not a call', () => {
  const deep = `{"model":"assistant","messages":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const invalidUtf8 = Buffer.concat([
    Buffer.from('{"model":"assistant","messages":[{"role":"user","content":"'),
    Buffer.from([0xc3, 0x28]),
    Buffer.from('"}]}'),
  ]);
  const cases: readonly (readonly [string, string | Buffer, string, string, (string | null)?])[] = [
    ['an empty body', '', 'invalid_json', 'The request body is empty; a JSON object is expected.'],
    ['malformed JSON', '{"model":"assistant",}', 'invalid_json', 'The request body is not valid JSON: error at position 21.'],
    ['JSON that ends too early', '{"model":"assistant"', 'invalid_json', 'The request body is not valid JSON: error at position 20.'],
    ['100,000 levels that never close', '['.repeat(100_000), 'invalid_json', 'The request body is not valid JSON: error at position 513.'],
    ['100,000 levels of nesting', deep, 'invalid_json', 'The request body is nested more than 64 levels deep.'],
    ['invalid UTF-8', invalidUtf8, 'invalid_json', 'The request body is not valid UTF-8.'],
    ['an array', '[]', 'invalid_json', 'The request body must be a JSON object.'],
    ['a string', '"hello"', 'invalid_json', 'The request body must be a JSON object.'],
    [
      'no model',
      '{"messages":[]}',
      'invalid_request',
      'The field "model" is missing: say which model you want. GET /v1/models lists them.',
      'model',
    ],
    [
      'an empty model',
      '{"model":""}',
      'invalid_request',
      'The field "model" is missing: say which model you want. GET /v1/models lists them.',
      'model',
    ],
    ['a model that is a number', '{"model":7}', 'invalid_request', 'The field "model" must be a string.', 'model'],
    [
      'a stream that is a string',
      '{"model":"assistant","stream":"yes"}',
      'invalid_request',
      'The field "stream" must be true or false.',
      'stream',
    ],
    ['a model that occurs twice', '{"model":"assistant","model":"other"}', 'invalid_request', 'The field "model" occurs twice.', 'model'],
    ['a model in capitals', '{"Model":"assistant"}', 'invalid_request', 'The field "Model" must be written in lower case.', 'model'],
  ];

  test.each(cases)('%s: 400 that says where', async (_name, body, code, message, param = null) => {
    const asked = upstream.requests.length;
    const told = await post(CHAT, body);
    expect([told.status, told.body]).toEqual([400, openaiError(code, message, param)]);
    expect(told.headers.get('x-should-retry')).toBe('false');
    expect(upstream.requests.length).toBe(asked);
  });

  test('the same in the Anthropic dialect for callers of it', async () => {
    const told = await post('/v1/messages', '{"model":', { 'anthropic-version': '2023-06-01' });
    expect(told.status).toBe(400);
    expect(told.body).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'The request body is not valid JSON: error at position 9.' },
    });
  });

  test('an unknown field is passed through to a provider of the same dialect', async () => {
    const asked = upstream.requests.length;
    const told = await post(CHAT, CALL.replace('{', '{"no_such_field":{"a":1.50},'));
    expect(told.status).toBe(200);
    expect((await upstream.request(asked)).body).toContain('"no_such_field":{"a":1.50}');
  });
});

describe('a body of the wrong size or form', () => {
  const tooLarge = openaiError('body_too_large', `The request body is larger than ${MAX_BODY_BYTES} bytes.`);

  test('100 MB with a content-length: 413, and memory stays bounded', async () => {
    const before = heldBytes();
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(`POST ${CHAT} HTTP/1.1\r\nhost: a\r\n${AUTH}\r\ncontent-length: ${100 * 1024 * 1024}\r\n\r\n`);
    const piece = Buffer.alloc(1024 * 1024, 32);
    for (let i = 0; i < 100; i++) {
      if (!caller.socket.write(piece)) await new Promise((resolve) => caller.socket.once('drain', resolve));
    }
    const answer = await caller.receives('}}');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(bodyOf(answer)).toEqual(tooLarge);
    expect(heldBytes() - before).toBeLessThan(32 * 1024 * 1024);
    caller.socket.destroy();
  });

  test('100 MB in chunks: the same', async () => {
    const before = heldBytes();
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(`POST ${CHAT} HTTP/1.1\r\nhost: a\r\n${AUTH}\r\ntransfer-encoding: chunked\r\n\r\n`);
    const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1024 * 1024, 32), Buffer.from('\r\n')]);
    for (let i = 0; i < 100; i++) {
      if (!caller.socket.write(piece)) await new Promise((resolve) => caller.socket.once('drain', resolve));
    }
    expect(bodyOf(await caller.receives('}}'))).toEqual(tooLarge);
    expect(heldBytes() - before).toBeLessThan(32 * 1024 * 1024);
    caller.socket.destroy();
  });

  test('a caller that asks first (Expect: 100-continue) is told no before it sends', async () => {
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(`POST ${CHAT} HTTP/1.1\r\nhost: a\r\n${AUTH}\r\nexpect: 100-continue\r\ncontent-length: ${MAX_BODY_BYTES + 1}\r\n\r\n`);
    const answer = await caller.untilClosed();
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).not.toContain('100 Continue');
  });

  test('a caller that asks first and may is told to go on', async () => {
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(`POST ${CHAT} HTTP/1.1\r\nhost: a\r\n${AUTH}\r\nexpect: 100-continue\r\ncontent-length: ${CALL.length}\r\n\r\n`);
    await caller.receives('100 Continue');
    caller.send(CALL);
    expect(await caller.receives('"well"')).toContain('HTTP/1.1 200 OK');
    caller.socket.destroy();
  });

  test('a compressed body: 415', async () => {
    const told = await post(CHAT, 'x', { 'content-encoding': 'gzip' });
    expect([told.status, told.body]).toEqual([
      415,
      openaiError('unsupported_encoding', 'Content-Encoding "gzip" is not accepted; send the body as plain JSON.'),
    ]);
  });

  test('a body that does not come (slow body): 408', async () => {
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(requestText(CHAT, CALL, [AUTH]).slice(0, -5));
    const answer = await caller.receives('}}');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(bodyOf(answer)).toMatchObject({ error: { code: 'body_timeout' } });
    caller.socket.destroy();
  });

  test('headers that do not come (slowloris): 408 in JSON, and the connection is closed', async () => {
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(`POST ${CHAT} HTTP/1.1\r\nhost: a\r\nx-slow: `);
    const answer = await caller.untilClosed();
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(bodyOf(answer)).toMatchObject({ error: { code: 'body_timeout', message: 'The request did not arrive in time.' } });
  });
});

describe('a head that a proxy must not pass on', () => {
  const head = (lines: string): string => `POST ${CHAT} HTTP/1.1\r\n${AUTH}\r\n${lines}\r\n\r\n`;
  const cases: readonly (readonly [string, string, number, string])[] = [
    ['no Host', head('content-length: 0'), 400, 'The request has no Host header.'],
    ['two Hosts', head('host: a\r\nhost: b\r\ncontent-length: 0'), 400, 'The request has more than one Host header.'],
    ['a Host that is no host', head('host: a?x#\r\ncontent-length: 0'), 400, 'The Host header is not a host name with an optional port.'],
    [
      'a target with another host',
      `POST http://evil.test${CHAT} HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n`,
      400,
      'The request target names another host than the Host header.',
    ],
    [
      'a coded transfer',
      `${head('host: a\r\ntransfer-encoding: gzip, chunked')}0\r\n\r\n`,
      415,
      'Transfer-Encoding may only be "chunked".',
    ],
    [
      'HTTP/2.0 in the first line',
      `POST ${CHAT} HTTP/2.0\r\nhost: a\r\ncontent-length: 0\r\n\r\n`,
      400,
      'HTTP version 2.0 is not spoken here; use HTTP/1.1.',
    ],
    [
      'an upgrade',
      head('host: a\r\nconnection: upgrade\r\nupgrade: h2c\r\ncontent-length: 0'),
      400,
      'Protocol upgrades are not served; send the request without an Upgrade header.',
    ],
    [
      'an unknown expectation',
      head('host: a\r\nexpect: miracles\r\ncontent-length: 0'),
      400,
      'Expect "miracles" is not known; only 100-continue is.',
    ],
    [
      '101 headers',
      head(`host: a\r\n${Array.from({ length: 101 }, (_, i) => `x-h${i}: 1\r\n`).join('')}content-length: 0`),
      431,
      'The request has 104 headers; at most 100 are accepted.',
    ],
    [
      '64 KiB of headers',
      head(`host: a\r\nx-long: ${'x'.repeat(64 * 1024)}\r\ncontent-length: 0`),
      431,
      'The request headers are larger than 32 KiB.',
    ],
    ['CONNECT', 'CONNECT evil.test:443 HTTP/1.1\r\nhost: evil.test\r\n\r\n', 405, 'CONNECT is not served.'],
  ];

  test.each(cases)('%s', async (_name, text, status, message) => {
    const asked = upstream.requests.length;
    const answer = await exchange(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(bodyOf(answer)).toMatchObject({ error: { message } });
    expect(upstream.requests.length).toBe(asked);
  });

  test('bytes that are not HTTP: 400 in JSON', async () => {
    const answer = await exchange('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(bodyOf(answer)).toMatchObject({ error: { code: 'invalid_request' } });
  });

  test('both lengths at once never reach a provider', async () => {
    const asked = upstream.requests.length;
    const answer = await exchange(`${head('host: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked')}0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.requests.length).toBe(asked);
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('a header named %s is harmless', async (name) => {
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(requestText(CHAT, CALL, [AUTH, `${name}: x`]));
    expect(await caller.receives('"well"')).toContain('HTTP/1.1 200 OK');
    caller.socket.destroy();
  });

  test('a target in absolute form with its own host is served', async () => {
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(requestText(`http://proxy.test${CHAT}`, CALL, [AUTH]));
    expect(await caller.receives('"well"')).toContain('HTTP/1.1 200 OK');
    caller.socket.destroy();
  });

  test('the next request on a connection is served after a refused one', async () => {
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(requestText(CHAT, '{', [AUTH]));
    await caller.receives('}}');
    caller.send(requestText(CHAT, CALL, [AUTH]));
    expect(await caller.receives('"well"')).toContain('HTTP/1.1 200 OK');
    caller.socket.destroy();
  });
});

describe('a caller or a path that is not known', () => {
  test('no key: 401 that says how to send one', async () => {
    const response = await fetch(`${proxy.url}${CHAT}`, { method: 'POST', body: CALL });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toEqual(
      openaiError(
        'missing_api_key',
        'No API key was sent. Send it as `Authorization: Bearer <key>` or `x-api-key: <key>`.',
        null,
        'authentication_error',
      ),
    );
  });

  test.each(['authorization', 'x-api-key', 'api-key'])('a wrong key in %s: 401', async (name) => {
    const value = name === 'authorization' ? 'Bearer wrong' : 'wrong';
    const response = await fetch(`${proxy.url}${CHAT}`, { method: 'POST', headers: { [name]: value }, body: CALL });
    expect([response.status, await response.json()]).toEqual([
      401,
      openaiError('invalid_api_key', 'The API key is not known.', null, 'authentication_error'),
    ]);
  });

  test('an unknown model: 404', async () => {
    const told = await post(CHAT, CALL.replace('assistant', 'nobody'));
    expect([told.status, told.body]).toEqual([
      404,
      openaiError('model_not_found', "No route policy answers to the model 'nobody'. GET /v1/models lists what you may use.", 'model'),
    ]);
  });

  test.each([
    ['GET', CHAT, 405, 'POST'],
    ['OPTIONS', CHAT, 405, 'POST'],
    ['DELETE', '/v1/models', 405, 'GET'],
    ['POST', '/v1/models/assistant', 405, 'GET'],
  ])('%s %s: %i with Allow', async (method, path, status, allow) => {
    const response = await fetch(`${proxy.url}${path}`, { method, headers: { authorization: `Bearer ${CALLER_KEY}` } });
    expect([response.status, response.headers.get('allow')]).toEqual([status, allow]);
    expect(await response.json()).toMatchObject({ error: { code: 'method_not_allowed' } });
  });

  test('HEAD: 405 without a body', async () => {
    const response = await fetch(`${proxy.url}${CHAT}`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([405, '']);
  });

  test.each(['/', '/metrics', '/table', '/v1/chat', '/v1/chat/completions/', '/v1/../v1/models', '/admin', '/debug/pprof', '/v1/config'])(
    'nothing is served at %s of the data port',
    async (path) => {
      const answer = await exchange(`GET ${path} HTTP/1.1\r\nhost: a\r\n${AUTH}\r\nconnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(bodyOf(answer)).toMatchObject({ error: { code: 'unknown_path' } });
    },
  );

  test('every refusal carries a request id, and a sane one of the caller is kept', async () => {
    const kept = await post(CHAT, '{', { 'x-request-id': 'trace-7' });
    expect(kept.headers.get('x-headgate-request-id')).toBe('trace-7');
    const replaced = await post(CHAT, '{', { 'x-request-id': 'not sane; at all' });
    expect(replaced.headers.get('x-headgate-request-id')).toMatch(/^[0-9a-f]{16}-[0-9a-f]{8}$/);
  });
});
