import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI, { toFile } from 'openai';
import { answerBytes, answerJson, HttpUpstream } from '../fakes/http-upstream.ts';
import { openaiCompletion } from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { CALLER_KEY, consumerResource, policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';

/** Files and batches: kept by a provider, reached by their owners only. */

const FILE = { id: 'file-1', object: 'file', bytes: 3, created_at: 1, filename: 'a.jsonl', purpose: 'batch', status: 'processed' };
const BATCH = {
  id: 'batch_1',
  object: 'batch',
  endpoint: '/v1/chat/completions',
  status: 'completed',
  completion_window: '24h',
  created_at: 1,
};
const ANYONES_KEYS = ['other-key', 'foreign-key'] as const;
/** From the caller's leaving to the provider's socket being closed. */
const MAX_ABORT_MS = 100;

let upstream: HttpUpstream;
let elsewhere: HttpUpstream;
let proxy: ProxyUnderTest;

beforeAll(async () => {
  upstream = await HttpUpstream.start();
  elsewhere = await HttpUpstream.start();
  proxy = await ProxyUnderTest.start(
    tableOf(
      providerResource('openai', [upstream.url], {
        credentials: [
          { name: 'main', secret: 'key-of-main', weight: 1 },
          { name: 'spare', secret: 'key-of-spare', weight: 1 },
        ],
      }),
      providerResource('private', [elsewhere.url]),
      providerResource('inside', [elsewhere.url.replace('127.0.0.1', 'localhost')], { privateAddressesAllowed: false }),
      providerResource('claude', [elsewhere.url], { dialect: 'anthropic-messages' }),
      policyResource('assistant', [targetOf('openai'), targetOf('claude'), targetOf('inside')]),
      policyResource('either', [targetOf('claude'), targetOf('openai')]),
      policyResource('claude', [targetOf('claude')]),
      consumerResource('other', 'other-key'),
      consumerResource('foreign', 'foreign-key', { namespace: 'elsewhere' }),
      consumerResource('limited', 'limited-key', { models: [{ type: 'Exact', name: 'assistant' }] }),
    ),
  );
});

beforeEach(() => {
  for (const server of [upstream, elsewhere]) server.calls.length = 0;
  proxy.log.length = 0;
});

afterAll(async () => {
  await proxy.close();
  await Promise.all([upstream.close(), elsewhere.close()]);
});

function client(apiKey: string = CALLER_KEY, provider: string | null = 'team/openai'): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: `${proxy.url}/v1`,
    maxRetries: 0,
    ...(provider === null ? {} : { defaultHeaders: { 'x-headgate-provider': provider } }),
  });
}

async function upload(apiKey: string = CALLER_KEY): Promise<string> {
  upstream.answer = answerJson(FILE);
  const file = await client(apiKey).files.create({ file: await toFile(Buffer.from('{}\n'), 'a.jsonl'), purpose: 'batch' });
  return file.id;
}

function ask(method: string, path: string, apiKey: string = CALLER_KEY, rest: RequestInit = {}): Promise<Response> {
  return fetch(`${proxy.url}${path}`, { ...rest, method, headers: { authorization: `Bearer ${apiKey}`, ...rest.headers } });
}

describe('the life of a batch, with the official client', () => {
  test('upload, read, batch, poll, content, cancel, delete: each id goes out wrapped and comes back plain', async () => {
    const id = await upload();
    expect(id).toMatch(/^hg_[\w-]+\.[\w-]+\.file-1$/);
    expect(upstream.last).toMatchObject({ method: 'POST', path: '/v1/files' });
    expect(upstream.last.body.includes('name="purpose"')).toBe(true);
    const openai = client(CALLER_KEY, null);

    expect((await openai.files.retrieve(id)).id).toBe(id);
    expect(upstream.last.path).toBe('/v1/files/file-1');

    upstream.answer = answerJson({ ...BATCH, input_file_id: 'file-1', output_file_id: 'file-2', error_file_id: null });
    const batch = await openai.batches.create({ input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h' });
    expect(upstream.last.json).toEqual({
      input_file_id: 'file-1',
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata: { headgate_owner: expect.any(String) },
    });
    expect([batch.input_file_id, batch.error_file_id ?? null]).toEqual([id, null]);

    const polled = await openai.batches.retrieve(batch.id);
    expect(upstream.last.path).toBe('/v1/batches/batch_1');
    upstream.answer = answerBytes('application/jsonl', '{"id":"file-2"}\n', '{"b":2}\n');
    expect(await (await openai.files.content(polled.output_file_id ?? '')).text()).toBe('{"id":"file-2"}\n{"b":2}\n');
    expect(upstream.last.path).toBe('/v1/files/file-2/content');

    upstream.answer = answerJson({ ...BATCH, status: 'cancelling' });
    expect((await openai.batches.cancel(batch.id)).status).toBe('cancelling');
    expect(upstream.last).toMatchObject({ method: 'POST', path: '/v1/batches/batch_1/cancel' });
    upstream.answer = answerJson({ id: 'file-1', object: 'file', deleted: true });
    expect(await openai.files.delete(id)).toMatchObject({ id, deleted: true });
    expect(upstream.last).toMatchObject({ method: 'DELETE', path: '/v1/files/file-1' });
  });

  test('a file stays with the key that made it', async () => {
    const id = await upload();
    await client().files.retrieve(id);
    expect(upstream.calls.map(({ headers }) => headers.authorization)).toEqual(['Bearer key-of-main', 'Bearer key-of-main']);
  });
});

describe('tokens of a batch', () => {
  const USAGE = { input_tokens: 100, input_tokens_details: { cached_tokens: 40 }, output_tokens: 20, total_tokens: 120 };
  const counted = (): Promise<number> => proxy.metric('headgate_batch_tokens_total');
  /** A batch of its own each time, that ends from now on. */
  let batches = 0;
  const finished = (rest: object): object => {
    batches += 1;
    const endedAt = Math.ceil(Date.now() / 1000) + 1;
    const ids = { id: `batch_${batches}`, input_file_id: 'file-1', output_file_id: `file-out-${batches}` };
    return { ...BATCH, ...ids, completed_at: endedAt, ...rest };
  };
  const make = async (): Promise<string> => {
    upstream.answer = answerJson({ ...BATCH, id: `batch_${batches + 1}`, status: 'validating', input_file_id: 'file-1' });
    return (await client().batches.create({ input_file_id: await upload(), endpoint: '/v1/chat/completions', completion_window: '24h' }))
      .id;
  };

  test('are counted when it is first read finished, and never again by this proxy', async () => {
    const before = await counted();
    const id = await make();
    await client().batches.retrieve(id);
    expect(await counted()).toBe(before);
    upstream.answer = answerJson(finished({ usage: USAGE }));
    proxy.log.length = 0;
    for (let i = 0; i < 3; i++) await client().batches.retrieve(id);
    expect(await counted()).toBe(before + 120);
    const lines = await proxy.accessLines(3);
    expect(lines.map(({ inputTokens, cacheReadTokens, outputTokens }) => [inputTokens, cacheReadTokens, outputTokens])).toEqual([
      [60, 40, 20],
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
    ]);
    expect(lines[0]).toMatchObject({ consumer: 'team/caller', operation: 'batches', provider: 'team/openai' });
  });

  test('that ended before this proxy was there are not: they may have been counted then', async () => {
    const before = await counted();
    const id = await make();
    upstream.answer = answerJson(finished({ completed_at: 1, usage: USAGE }));
    await client().batches.retrieve(id);
    expect(await counted()).toBe(before);
  });

  test('are read from its results where it does not tell them itself, once and only when they were fetched whole', async () => {
    const before = await counted();
    const id = await make();
    upstream.answer = answerJson(finished({}));
    const { output_file_id: results } = await client().batches.retrieve(id);
    const line = `${JSON.stringify({ custom_id: 'a', response: { body: { usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } } } })}\n`;
    upstream.answer = (_call, response) => {
      response.writeHead(200, { 'content-type': 'application/jsonl', 'content-length': '10000' });
      response.write(line, () => response.destroy());
    };
    await expect(
      client()
        .files.content(results ?? '')
        .then((answer) => answer.text()),
    ).rejects.toThrow();
    expect(await counted()).toBe(before);
    upstream.answer = answerBytes('application/jsonl', line, line);
    for (let i = 0; i < 2; i++) {
      const content = await client().files.content(results ?? '', { headers: { range: 'bytes=1-' } });
      expect([upstream.last.headers.range, await content.text()]).toEqual([undefined, line + line]);
    }
    expect(await counted()).toBe(before + 20);
  });

  test('are not counted a second time from the results of one that has told them', async () => {
    const id = await make();
    upstream.answer = answerJson(finished({ usage: USAGE }));
    const { output_file_id: results } = await client().batches.retrieve(id);
    const before = await counted();
    upstream.answer = answerBytes(
      'application/jsonl',
      `${JSON.stringify({ response: { body: { usage: { prompt_tokens: 7, completion_tokens: 3 } } } })}\n`,
    );
    await (await client().files.content(results ?? '')).text();
    expect(await counted()).toBe(before);
  });
});

describe('tenants', () => {
  test.each(ANYONES_KEYS)('what one consumer made is nothing to %s, by any path', async (key) => {
    const file = await upload();
    upstream.answer = answerJson({ ...BATCH, input_file_id: 'file-1' });
    const batch = (await client().batches.create({ input_file_id: file, endpoint: '/v1/chat/completions', completion_window: '24h' })).id;
    upstream.calls.length = 0;
    for (const [method, path] of [
      ['GET', `/v1/files/${file}`],
      ['GET', `/v1/files/${file}/content`],
      ['DELETE', `/v1/files/${file}`],
      ['GET', `/v1/batches/${batch}`],
      ['POST', `/v1/batches/${batch}/cancel`],
    ] as const) {
      expect([path, (await ask(method, path, key)).status]).toEqual([path, 404]);
    }
    const body = JSON.stringify({ input_file_id: file });
    expect((await ask('POST', '/v1/batches', key, { body, headers: { 'content-type': 'application/json' } })).status).toBe(404);
    expect(upstream.calls).toEqual([]);
  });

  test('what a batch is said to have made is for its provider to say', async () => {
    const input_file_id = await upload();
    upstream.answer = (call, response) => answerJson({ ...BATCH, ...call.json })(call, response);
    const own = { id: 'batch_x', output_file_id: 'file-9', error_file_id: 'file-9' };
    const body = JSON.stringify({ input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h', ...own });
    const made = await ask('POST', '/v1/batches', CALLER_KEY, { body, headers: { 'content-type': 'application/json' } });
    expect(made.status).toBe(200);
    expect(JSON.stringify(await made.json())).not.toMatch(/batch_x|file-9/);
  });

  test("the provider's own ids and changed ones open nothing", async () => {
    const id = await upload();
    upstream.calls.length = 0;
    for (const tried of ['file-1', id.replace('file-1', 'file-2'), id.slice(0, -1), 'hg_..', '..%2Fmodels']) {
      expect([tried, (await ask('GET', `/v1/files/${tried}`)).status]).toEqual([tried, 404]);
    }
    expect(upstream.calls).toEqual([]);
  });

  test('a provider that no policy of the caller targets is not chosen, whether it exists or not', async () => {
    for (const [key, provider] of [
      [CALLER_KEY, 'team/private'],
      [CALLER_KEY, 'team/nowhere'],
      ['foreign-key', 'team/openai'],
    ] as const) {
      await expect(
        client(key, provider).files.create({ file: await toFile(Buffer.from('x'), 'a'), purpose: 'batch' }),
      ).rejects.toMatchObject({ status: 403 });
    }
    expect([upstream.calls.length, elsewhere.calls.length]).toEqual([0, 0]);
  });

  test('a key held to certain models has no batches, which could not be held to them', async () => {
    await expect(client('limited-key').files.create({ file: await toFile(Buffer.from('x'), 'a'), purpose: 'batch' })).rejects.toMatchObject(
      { status: 403 },
    );
  });

  test('a file without a choice of provider is refused with what to send', async () => {
    await expect(client(CALLER_KEY, null).files.create({ file: await toFile(Buffer.from('x'), 'a'), purpose: 'batch' })).rejects.toThrow(
      /x-headgate-provider/,
    );
  });

  test('providers of other families have none', async () => {
    await expect(
      client(CALLER_KEY, 'team/claude').files.create({ file: await toFile(Buffer.from('x'), 'a'), purpose: 'batch' }),
    ).rejects.toThrow(/no files and batches/);
  });

  test('an address that must not be dialled is not dialled', async () => {
    const answer = client(CALLER_KEY, 'team/inside').files.create({ file: await toFile(Buffer.from('x'), 'a'), purpose: 'batch' });
    await expect(answer).rejects.toMatchObject({ status: 502 });
    expect(elsewhere.calls).toEqual([]);
  });
});

describe('files in calls', () => {
  const file = (id: string): object => ({ messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: id } }] }] });

  test('go to the provider and the key that keep them, by their own ids', async () => {
    const id = await upload();
    upstream.answer = answerJson(openaiCompletion('read'));
    const answer = await client(CALLER_KEY, null).chat.completions.create({
      model: 'either',
      messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: id } }] }],
    });
    expect(answer.choices[0]?.message.content).toBe('read');
    expect(upstream.last.json).toEqual({ model: 'upstream-model', ...file('file-1') });
    expect(upstream.last.headers.authorization).toBe('Bearer key-of-main');
    expect(elsewhere.calls).toEqual([]);
  });

  test('asked of a responses API too, translated where the provider has none', async () => {
    const id = await upload();
    upstream.answer = answerJson(openaiCompletion('seen'));
    const answer = await client(CALLER_KEY, null).responses.create({
      model: 'either',
      input: [{ role: 'user', content: [{ type: 'input_file', file_id: id }] }],
    });
    expect(answer.output_text).toBe('seen');
    expect(JSON.stringify(upstream.last.json)).toContain('"file_id":"file-1"');
  });

  test('a model whose providers do not keep them says who does', async () => {
    const id = await upload();
    upstream.calls.length = 0;
    const answer = await proxy.call({ body: { model: 'claude', ...file(id) } });
    expect(answer.status).toBe(400);
    const text = JSON.stringify(await answer.json());
    expect(text).toContain('the files of this request are kept elsewhere');
    expect(text).toContain("'team/openai' keeps its files");
    expect([...upstream.calls, ...elsewhere.calls]).toEqual([]);
  });

  test("somebody else's are none", async () => {
    const id = await upload('other-key');
    upstream.calls.length = 0;
    const answer = await proxy.call({ body: { model: 'either', ...file(id) } });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: { param: 'file_id', message: expect.stringContaining('You have no file') } },
    ]);
    expect(upstream.calls).toEqual([]);
  });
});

describe('the mark in front of the name of a file', () => {
  test('is not shown by the name to save it under, nor by what a provider finds wrong with it', async () => {
    const id = await upload();
    const [mark] = /hg-[\w-]{16}-/.exec(upstream.last.body.toString('latin1')) ?? [];
    expect(mark).toBeDefined();
    upstream.answer = (_call, response) => {
      const headers = { 'content-type': 'text/plain', 'content-disposition': `attachment; filename="${mark}a.jsonl"` };
      response.writeHead(200, headers).end('x');
    };
    const content = await ask('GET', `/v1/files/${id}/content`);
    expect(content.headers.get('content-disposition')).toBe('attachment; filename="a.jsonl"');
    upstream.answer = answerJson({ error: { message: `${mark}a.jsonl is no JSON` } }, 400);
    const refused = await ask('GET', `/v1/files/${id}`);
    expect([refused.status, await refused.json()]).toEqual([400, { error: { message: 'a.jsonl is no JSON' } }]);
  });
});

describe('on the wire', () => {
  test("the caller's key, cookies and hop-by-hop headers stay here", async () => {
    const id = await upload();
    await ask('GET', `/v1/files/${id}`, CALLER_KEY, {
      headers: {
        cookie: 'a=b',
        'x-api-key': 'mine',
        'x-other': 'x',
        te: 'trailers',
        'proxy-authorization': 'p',
        'openai-organization': 'o',
      },
    });
    const { headers } = upstream.last;
    expect(Object.keys(headers).sort()).toEqual(['accept', 'accept-encoding', 'authorization', 'connection', 'host', 'user-agent']);
    expect(headers.authorization).toBe('Bearer key-of-main');
  });

  test("a provider's refusal of a call is passed on; one of our key is not", async () => {
    const id = await upload();
    upstream.answer = answerJson({ error: { message: 'gone', type: 'invalid_request_error', code: 'not_found' } }, 404);
    const gone = await ask('GET', `/v1/files/${id}`);
    expect([gone.status, await gone.json()]).toMatchObject([404, { error: { message: 'gone' } }]);
    upstream.answer = answerJson({ error: { message: 'Incorrect API key provided: key-of-main' } }, 401);
    const refused = await ask('GET', `/v1/files/${id}`);
    const text = await refused.text();
    expect([refused.status, text.includes('key-of-main')]).toEqual([502, false]);
    expect(text).toContain("refused Headgate's key (401)");
  });

  test('redirects are not followed and not passed on', async () => {
    const id = await upload();
    upstream.answer = (_call, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    const answer = await ask('GET', `/v1/files/${id}/content`, CALLER_KEY, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([502, null]);
  });

  test('content that breaks off is broken off for the caller', async () => {
    const id = await upload();
    upstream.answer = (_call, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': '1000' });
      response.write('half', () => response.destroy());
    };
    const answer = await ask('GET', `/v1/files/${id}/content`);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    expect((await proxy.accessLines(2)).at(-1)).toMatchObject({ operation: 'files', provider: 'team/openai', outcome: 'cut' });
  });

  test(`a caller that leaves in the middle of content closes the provider's connection within ${MAX_ABORT_MS} ms`, async () => {
    const id = await upload();
    // The machine may be busy with something else: the best of a few counts.
    let bestMs = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 5 && bestMs >= MAX_ABORT_MS; tries++) bestMs = Math.min(bestMs, await leaveInContent(id));
    expect(bestMs).toBeLessThan(MAX_ABORT_MS);
    expect((await proxy.accessLines(2)).at(-1)).toMatchObject({ outcome: 'gone' });
    await proxy.idle();
  });

  test("a caller that leaves in the middle of an upload takes the provider's request along", async () => {
    const closed = new Promise<void>((resolve) => {
      upstream.server.once('request', (request) => request.once('close', () => resolve()));
    });
    const caller = connect(proxy.proxy.dataPort, '127.0.0.1');
    caller.on('error', () => {});
    const arrived = new Promise<void>((resolve) => {
      upstream.server.once('request', () => resolve());
    });
    caller.write(uploadHead('content-length: 1000000\r\n'));
    caller.write('x'.repeat(1000));
    await arrived;
    caller.destroy();
    await closed;
    await proxy.idle();
    expect(upstream.calls).toEqual([]);
  });

  test('a caller that leaves before the name of its file has come leaves nothing behind', async () => {
    upstream.calls.length = 0;
    const caller = connect(proxy.proxy.dataPort, '127.0.0.1');
    caller.on('error', () => {});
    const form = '--b\r\ncontent-disposition: form-data; name="file"; file';
    caller.write(uploadHead('content-type: multipart/form-data; boundary=b\r\ncontent-length: 1000\r\n') + form);
    while (proxy.proxy.inFlight === 0) await new Promise((resolve) => setImmediate(resolve));
    caller.destroy();
    await proxy.idle();
    expect((await proxy.accessLines(1)).at(-1)).toMatchObject({ operation: 'files', outcome: 'gone' });
    expect(upstream.calls).toEqual([]);
  });

  test('an upload takes as long as it takes, other requests do not', async () => {
    const patient = await ProxyUnderTest.start(
      tableOf(providerResource('openai', [upstream.url]), policyResource('assistant', [targetOf('openai')])),
      { serverTimeouts: { headersTimeoutMs: 100, requestTimeoutMs: 200, keepAliveTimeoutMs: 75_000, checkIntervalMs: 20 } },
    );
    upstream.answer = answerJson(FILE);
    const slowly = async (head: string): Promise<string> => {
      const caller = connect(patient.proxy.dataPort, '127.0.0.1');
      let received = '';
      const answered = new Promise<void>((resolve) => {
        caller.on('data', (piece: Buffer) => {
          received += piece.toString('latin1');
          resolve();
        });
      });
      caller.on('error', () => {});
      caller.write(head);
      for (let i = 0; i < 20; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 30));
        caller.write('x');
      }
      await answered;
      caller.destroy();
      return received.split('\r\n')[0] ?? '';
    };
    const chat = uploadHead('content-length: 20\r\n').replace('/v1/files', '/v1/chat/completions');
    expect(await slowly(uploadHead('content-length: 20\r\n'))).toContain('200');
    expect(await slowly(chat)).toContain('408');
    await patient.close();
  });

  test('the rest of an upload that is answered early is dropped, and its connection goes on', async () => {
    const body = JSON.stringify(FILE);
    const hasty = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.pause();
        socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      });
    });
    await new Promise<void>((resolve) => {
      hasty.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(hasty.address() as AddressInfo).port}`;
    const through = await ProxyUnderTest.start(
      tableOf(providerResource('openai', [url]), policyResource('assistant', [targetOf('openai')])),
    );
    const caller = connect(through.proxy.dataPort, '127.0.0.1');
    const size = 32 * 1024 * 1024;
    caller.write(uploadHead(`content-length: ${size}\r\n`));
    caller.write(Buffer.alloc(size, 0x78));
    caller.write(`GET /v1/models HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${CALLER_KEY}\r\n\r\n`);
    let received = '';
    await new Promise<void>((resolve) => {
      caller.on('data', (piece: Buffer) => {
        received += piece.toString('latin1');
        if (received.includes('file-1') && received.includes('"assistant"')) resolve();
      });
    });
    caller.destroy();
    await through.close();
    hasty.close();
  });

  test('a provider that refuses an upload before it has read it is heard', async () => {
    const refusing = createHttpServer((_request, response) => {
      response.writeHead(413, { 'content-type': 'application/json' }).end('{"error":{"message":"too large"}}');
    });
    await new Promise<void>((resolve) => {
      refusing.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`;
    const through = await ProxyUnderTest.start(
      tableOf(providerResource('openai', [url]), policyResource('assistant', [targetOf('openai')])),
    );
    const answers: string[] = [];
    for (let i = 0; i < 8; i += 1) {
      const caller = connect(through.proxy.dataPort, '127.0.0.1');
      caller.on('error', () => {});
      caller.write(uploadHead(`content-length: ${64 * 1024 * 1024}\r\n`));
      caller.write(Buffer.alloc(64 * 1024 * 1024, 0x78));
      await new Promise<void>((resolve) => {
        caller.once('data', (piece: Buffer) => {
          answers.push(piece.toString('latin1').split('\r\n')[0] ?? '');
          resolve();
        });
      });
      caller.destroy();
    }
    expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 413 Payload Too Large']));
    await through.close();
    refusing.closeAllConnections();
    refusing.close();
  });

  test('an upload that waits to be asked for is asked for', async () => {
    upstream.answer = answerJson(FILE);
    const caller = connect(proxy.proxy.dataPort, '127.0.0.1');
    caller.write(uploadHead('expect: 100-continue\r\ncontent-length: 4\r\n'));
    let received = '';
    await new Promise<void>((resolve) => {
      caller.on('data', (piece: Buffer) => {
        received += piece.toString('latin1');
        if (received.endsWith('100 Continue\r\n\r\n')) caller.write('body');
        if (received.includes('file-1')) resolve();
      });
    });
    caller.destroy();
    expect(upstream.last.body.toString()).toBe('body');
  });

  test('a provider that is gone is told as one', async () => {
    const id = await upload();
    upstream.answer = (_call, response) => response.destroy();
    expect((await ask('GET', `/v1/files/${id}`)).status).toBe(502);
  });

  test('an upload larger than any body that is held is streamed through', async () => {
    upstream.answer = answerJson(FILE);
    const size = 48 * 1024 * 1024;
    const file = await toFile(Buffer.alloc(size, 'a'), 'large.jsonl');
    await client().files.create({ file, purpose: 'batch' });
    expect(upstream.last.body.length).toBeGreaterThan(size);
  });

  test('requests are counted and logged', async () => {
    await upload();
    expect((await proxy.accessLines(1))[0]).toMatchObject({
      operation: 'files',
      provider: 'team/openai',
      status: 200,
      outcome: 'answered',
      consumer: 'team/caller',
    });
    expect(await (await fetch(`${proxy.adminUrl}/metrics`)).text()).toContain('operation="files"');
  });
});

function uploadHead(headers: string): string {
  return `POST /v1/files HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${CALLER_KEY}\r\nx-headgate-provider: team/openai\r\n${headers}\r\n`;
}

/** Milliseconds from the caller's leaving in the middle of a file's content to the end of the provider's connection. */
async function leaveInContent(id: string): Promise<number> {
  upstream.calls.length = 0;
  upstream.answer = (_call, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.write('half');
  };
  const controller = new AbortController();
  const answer = await ask('GET', `/v1/files/${id}/content`, CALLER_KEY, { signal: controller.signal });
  await answer.body?.getReader().read();
  const leftAtMs = performance.now();
  controller.abort();
  return (await upstream.last.closed) - leftAtMs;
}
