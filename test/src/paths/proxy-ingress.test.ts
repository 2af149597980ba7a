import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { jsonAnswer, openaiAnswer, openaiStream } from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { CALLER_KEY, policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';
import { ScriptedUpstream } from '../fakes/scripted-upstream.ts';
import { TEXT } from './clients/canonical-answer.ts';
import { gemini } from './clients/upstreams/gemini.ts';

/** Paths and keys of other vendors' clients, and what the SDKs in clients/ do not show. */

const QUESTION = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] };
const CHAT = { messages: [{ role: 'user', content: 'hi' }] };

let openai: ScriptedUpstream;
let google: ScriptedUpstream;
let proxy: ProxyUnderTest;

beforeAll(async () => {
  openai = await ScriptedUpstream.start();
  google = await ScriptedUpstream.start();
  proxy = await ProxyUnderTest.start(
    tableOf(
      providerResource('openai', [openai.url]),
      providerResource('google', [google.url], gemini.provider),
      policyResource('assistant', [targetOf('openai')]),
      policyResource('gemini', [targetOf('google')]),
    ),
  );
});

beforeEach(() => {
  openai.requests.length = 0;
  google.requests.length = 0;
  openai.script(openaiAnswer('Hello there'));
});

afterAll(async () => {
  await proxy.close();
  await Promise.all([openai.close(), google.close()]);
});

function post(path: string, body: object, headers: Readonly<Record<string, string>> = { 'x-goog-api-key': CALLER_KEY }): Promise<Response> {
  return fetch(proxy.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function json(response: Promise<Response>): Promise<Readonly<Record<string, unknown>>> {
  return (await (await response).json()) as Readonly<Record<string, unknown>>;
}

describe("Gemini's paths", () => {
  test.each(['/v1beta/models/assistant', '/v1/models/assistant', '/v1beta1/projects/p/locations/l/publishers/google/models/assistant'])(
    '%s is served',
    async (path) => {
      const answer = await json(post(`${path}:generateContent`, QUESTION));
      expect(answer).toMatchObject({
        candidates: [{ content: { role: 'model', parts: [{ text: 'Hello there' }] }, finishReason: 'STOP' }],
      });
    },
  );

  test('the key may stand in the address; neither log nor provider see it', async () => {
    const response = await post(`/v1beta/models/assistant:generateContent?key=${CALLER_KEY}`, QUESTION, {});
    expect(response.status).toBe(200);
    expect((await post('/v1beta/models/assistant:generateContent?key=wrong-key', QUESTION, {})).status).toBe(401);
    expect((await post(`/v1/chat/completions?key=${CALLER_KEY}`, { model: 'assistant', ...CHAT }, {})).status).toBe(401);
    await proxy.accessLines(3);
    const seen = JSON.stringify([proxy.log, openai.requests.map(({ path, headers, body }) => [path, headers, body])]);
    expect(seen).not.toContain(CALLER_KEY);
    expect(seen).not.toContain('wrong-key');
  });

  test.each(['assistant', 'gemini'])('without alt=sse a stream is one JSON array, from %s', async (model) => {
    openai.script(openaiStream('Hello', ' there'));
    google.script(gemini.stream(TEXT));
    const response = await post(`/v1beta/models/${model}:streamGenerateContent`, QUESTION);
    expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8');
    const chunks = (await response.json()) as readonly { candidates?: readonly { content?: { parts?: readonly { text?: string }[] } }[] }[];
    const text = chunks.map(({ candidates }) => candidates?.[0]?.content?.parts?.map((part) => part.text ?? '').join('') ?? '').join('');
    expect(text).toBe(model === 'assistant' ? 'Hello there' : TEXT.text.join(''));
    if (model === 'gemini') expect(google.requests[0]?.path).toBe('/v1beta/models/upstream-model:streamGenerateContent?alt=sse');
  });

  test("between Gemini and Gemini the caller's bytes go through as they are", async () => {
    google.script(gemini.blocking(TEXT));
    const body = '{ "contents":[{"parts":[{"text":"hi"}]}], "generationConfig":{"seed":12345678901234567890} }';
    const headers = { 'content-type': 'application/json', 'x-goog-api-key': CALLER_KEY };
    await fetch(`${proxy.url}/v1beta/models/gemini:generateContent`, { method: 'POST', headers, body });
    expect(google.requests[0]).toMatchObject({ body, path: '/v1beta/models/upstream-model:generateContent' });
    expect(google.requests[0]?.headers).toMatchObject({ 'x-goog-api-key': 'key-of-google' });
  });

  test('errors have the shape that its SDK reads', async () => {
    const unknown = await post('/v1beta/models/nobody:generateContent', QUESTION);
    expect([unknown.status, await unknown.json()]).toEqual([
      404,
      { error: { code: 404, message: expect.any(String), status: 'NOT_FOUND', details: expect.any(Array) } },
    ]);
    const unserved = await post('/v1beta/models/assistant:embedText', QUESTION);
    expect([unserved.status, (await unserved.json()) as unknown]).toMatchObject([404, { error: { status: 'NOT_FOUND' } }]);
    const wrong = await fetch(`${proxy.url}/v1beta/models/assistant:generateContent`, { headers: { 'x-goog-api-key': CALLER_KEY } });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('countTokens takes contents, or a whole call inside it', async () => {
    const plain = await post('/v1beta/models/assistant:countTokens', QUESTION);
    expect(plain.headers.get('x-headgate-estimated')).toBe('true');
    const whole = {
      generateContentRequest: { model: 'models/assistant', ...QUESTION, systemInstruction: { parts: [{ text: 'Be brief, and kind.' }] } },
    };
    const more = await json(post('/v1beta/models/assistant:countTokens', whole));
    expect(more['totalTokens']).toBeGreaterThan(((await plain.json()) as { totalTokens: number }).totalTokens);
    expect(openai.requests).toEqual([]);
  });
});

describe("Anthropic's count of tokens", () => {
  const count = (): Promise<Response> =>
    post('/v1/messages/count_tokens', { model: 'claude', ...CHAT }, { 'x-api-key': CALLER_KEY, 'anthropic-version': '2023-06-01' });

  test('is estimated where the provider does not offer it, costs nothing where it does', async () => {
    const provider = providerResource('claude', [openai.url], {
      dialect: 'anthropic-messages',
      auth: { type: 'Header', name: 'x-api-key' },
    });
    const counting = await ProxyUnderTest.start(tableOf(provider, policyResource('claude', [targetOf('claude')])));
    const url = `${counting.url}/v1/messages/count_tokens`;
    const ask = (): Promise<Response> =>
      fetch(url, { method: 'POST', headers: { 'x-api-key': CALLER_KEY }, body: JSON.stringify({ model: 'claude', ...CHAT }) });
    openai.script(jsonAnswer(200, { input_tokens: 321 }), jsonAnswer(404, { error: { message: 'no such path' } }));
    expect(await json(ask())).toEqual({ input_tokens: 321 });
    expect(openai.requests[0]).toMatchObject({ path: '/v1/messages/count_tokens', json: { model: 'upstream-model' } });
    const estimated = await ask();
    expect([estimated.status, estimated.headers.get('x-headgate-estimated')]).toEqual([200, 'true']);
    const [line] = await counting.accessLines(2);
    expect(line).toMatchObject({ operation: 'count-tokens', inputTokens: 0, costUsd: '0' });
    await counting.close();
  });

  test('of an unknown model is an error like any other', async () => {
    expect((await count()).status).toBe(404);
  });
});

describe("Azure's paths", () => {
  test('the deployment is the model, whether or not the body has one', async () => {
    for (const body of [CHAT, { ...CHAT, model: 'something-else' }]) {
      const path = '/openai/deployments/assistant/chat/completions?api-version=2024-10-21';
      const answer = await json(post(path, body, { 'api-key': CALLER_KEY }));
      expect(answer).toMatchObject({ object: 'chat.completion', choices: [{ message: { content: 'Hello there' } }] });
    }
    expect(openai.requests.map((request) => request.json['model'])).toEqual(['upstream-model', 'upstream-model']);
  });

  test('/openai/v1 is served like /v1', async () => {
    const headers = { 'api-key': CALLER_KEY };
    expect((await post('/openai/v1/chat/completions', { model: 'assistant', ...CHAT }, headers)).status).toBe(200);
    expect((await post('/openai/v1/responses', { model: 'assistant', input: 'hi' }, headers)).status).toBe(200);
    const models = await json(fetch(`${proxy.url}/openai/v1/models`, { headers }));
    expect(models).toMatchObject({ object: 'list', data: [{ id: 'assistant' }, { id: 'gemini' }] });
  });
});

test("the list of models has the shape of the caller's SDK", async () => {
  const list = (headers: Readonly<Record<string, string>>, path = '/v1/models'): Promise<unknown> =>
    json(fetch(proxy.url + path, { headers }));
  expect(await list({ authorization: `Bearer ${CALLER_KEY}` })).toMatchObject({ object: 'list', data: [{ object: 'model' }, {}] });
  const anthropic = { 'x-api-key': CALLER_KEY, 'anthropic-version': '2023-06-01' };
  expect(await list(anthropic)).toMatchObject({ has_more: false, data: [{ type: 'model', id: 'assistant' }, {}] });
  expect(await list({ 'x-goog-api-key': CALLER_KEY })).toMatchObject({ models: [{ name: 'models/assistant' }, {}] });
  expect(await list({ 'x-goog-api-key': CALLER_KEY }, '/v1beta/models')).toMatchObject({ models: [{ name: 'models/assistant' }, {}] });
});

test.each([false, true])("a model's name in any script does not cost the answer (streamed: %s)", async (stream) => {
  openai.script(stream ? openaiStream('Hello', ' there') : openaiAnswer('Hello there'));
  const target = targetOf('openai', { model: '模型-ü', facts: { name: '模型-ü', capabilities: [] } });
  const own = await ProxyUnderTest.start(tableOf(providerResource('openai', [openai.url]), policyResource('assistant', [target])));
  const response = await own.call({ stream });
  expect([response.status, response.headers.get('x-headgate-target')]).toEqual([200, 'team/openai/%E6%A8%A1%E5%9E%8B-%C3%BC']);
  expect(await response.text()).toContain('there');
  expect(openai.requests[0]?.json['model']).toBe('模型-ü');
  await own.close();
});
