import type { Capability, ProviderResource } from '@headgate/crds';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI, { toFile } from 'openai';
import { answerBytes, answerJson, HttpUpstream } from '../fakes/http-upstream.ts';
import { openaiCompletion } from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { CALLER_KEY, policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';

/** Operations beside chat, asked for by the official client and by plain HTTP, at every family of vendors. */

type Family = Pick<ProviderResource, 'vendor' | 'dialect' | 'basePath'>;

const FAMILIES: Readonly<Record<string, Family>> = {
  openai: { vendor: 'OpenAI', dialect: 'openai-chat', basePath: '/v1' },
  gemini: { vendor: 'Gemini', dialect: 'gemini', basePath: '/v1beta' },
  vertex: { vendor: 'VertexAI', dialect: 'gemini', basePath: '/v1/projects/p/locations/l/publishers/google' },
  cohere: { vendor: 'Cohere', dialect: 'cohere', basePath: '/v2' },
  'cohere-compatible': { vendor: 'Cohere', dialect: 'openai-chat', basePath: '/compatibility/v1' },
  voyage: { vendor: 'Voyage', dialect: 'openai-chat', basePath: '/v1' },
  jina: { vendor: 'Jina', dialect: 'openai-chat', basePath: '/v1' },
  ollama: { vendor: 'Ollama', dialect: 'ollama', basePath: '/api' },
  together: { vendor: 'Together', dialect: 'openai-chat', basePath: '/v1' },
  mistral: { vendor: 'Mistral', dialect: 'openai-chat', basePath: '/v1' },
  anthropic: { vendor: 'Anthropic', dialect: 'anthropic-messages', basePath: '/v1' },
};

let upstream: HttpUpstream;
let proxy: ProxyUnderTest;
let openai: OpenAI;

/** Model `<family>` goes to the provider of that family; `chat-only` and `base-only` are known to do just that. */
beforeAll(async () => {
  upstream = await HttpUpstream.start();
  const unknown = (name: string): ReturnType<typeof targetOf> =>
    targetOf(name, { facts: { name: 'upstream-model', capabilities: [], pricing: { inputNanoUsd: 1000, outputNanoUsd: 2000 } } });
  const known = (name: string, capability: Capability): ReturnType<typeof policyResource> =>
    policyResource(name, [targetOf('openai', { facts: { name: 'upstream-model', capabilities: [capability] } })]);
  proxy = await ProxyUnderTest.start(
    tableOf(
      ...Object.entries(FAMILIES).flatMap(([name, family]) => [
        providerResource(name, [upstream.url], family),
        policyResource(name, [unknown(name)]),
      ]),
      known('chat-only', 'Chat'),
      known('base-only', 'Completions'),
      known('embeds-only', 'Embeddings'),
      policyResource('moderator', [unknown('openai')], { models: [{ type: 'Exact', name: 'omni-moderation-latest' }] }),
      policyResource('first-anthropic', [unknown('anthropic'), unknown('openai')]),
    ),
  );
  openai = new OpenAI({ apiKey: CALLER_KEY, baseURL: `${proxy.url}/v1`, maxRetries: 0 });
});

beforeEach(() => {
  upstream.calls.length = 0;
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${proxy.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CALLER_KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

describe('embeddings', () => {
  const openaiShaped = { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [1, -0.5] }], usage: { total_tokens: 7 } };
  test.each([
    ['openai', '/v1/embeddings', openaiShaped, { input: ['hello'], encoding_format: 'base64', dimensions: 2 }],
    ['voyage', '/v1/embeddings', openaiShaped, { input: ['hello'], encoding_format: 'base64', output_dimension: 2 }],
    ['jina', '/v1/embeddings', openaiShaped, { input: ['hello'], dimensions: 2 }],
    [
      'gemini',
      '/v1beta/models/upstream-model:batchEmbedContents',
      { embeddings: [{ values: [1, -0.5] }], usageMetadata: { promptTokenCount: 7 } },
      { requests: [{ model: 'models/upstream-model', content: { parts: [{ text: 'hello' }] }, outputDimensionality: 2 }] },
    ],
    [
      'vertex',
      '/v1/projects/p/locations/l/publishers/google/models/upstream-model:predict',
      { predictions: [{ embeddings: { values: [1, -0.5], statistics: { token_count: 7 } } }] },
      { instances: [{ content: 'hello' }], parameters: { outputDimensionality: 2 } },
    ],
    [
      'cohere',
      '/v2/embed',
      { embeddings: { float: [[1, -0.5]] }, meta: { billed_units: { input_tokens: 7 } } },
      { texts: ['hello'], input_type: 'search_document', embedding_types: ['float'], output_dimension: 2 },
    ],
    ['ollama', '/api/embed', { embeddings: [[1, -0.5]], prompt_eval_count: 7 }, { input: ['hello'], dimensions: 2 }],
  ])("%s: the client's base64 by default, its usage, and the vendor's own spelling", async (family, path, answer, sent) => {
    upstream.answer = answerJson(answer);
    const made = await openai.embeddings.create({ model: family, input: ['hello'], dimensions: 2 });
    expect(made.data[0]?.embedding).toEqual([1, -0.5]);
    expect(made.usage).toMatchObject({ prompt_tokens: 7, total_tokens: 7 });
    expect(upstream.last.path).toBe(path);
    const { model: _model, ...rest } = upstream.last.json;
    expect(rest).toEqual(sent);
    expect(upstream.last.headers.authorization).toBe(`Bearer key-of-${family}`);
  });

  test('floats when the caller asks for them', async () => {
    upstream.answer = answerJson({ embeddings: [[1, -0.5]] });
    const answer = await post('/v1/embeddings', { model: 'ollama', input: 'hello', encoding_format: 'float' });
    expect(await answer.json()).toMatchObject({ data: [{ embedding: [1, -0.5] }], model: 'ollama' });
  });

  test('token numbers go to vendors of the OpenAI family only, and the others say why', async () => {
    const answer = await post('/v1/embeddings', { model: 'cohere', input: [1, 2, 3] });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain('lists of token numbers cannot be translated');
    expect(upstream.calls).toEqual([]);
  });

  test('what a vendor does not take is named', async () => {
    upstream.answer = answerJson({ embeddings: [[1]] });
    const answer = await post('/v1/embeddings', { model: 'ollama', input: 'hello', user: 'me' });
    expect(answer.headers.get('x-headgate-loss')).toBe('user');
  });

  test('a provider without them is passed over; alone it is told', async () => {
    upstream.answer = answerJson(openaiShaped);
    expect((await post('/v1/embeddings', { model: 'first-anthropic', input: 'x' })).headers.get('x-headgate-target')).toContain('openai');
    const alone = await post('/v1/embeddings', { model: 'anthropic', input: 'x' });
    expect(alone.status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(await alone.json())).toContain('does not offer embeddings');
  });

  test('an empty answer is a failure, not an answer', async () => {
    upstream.answer = answerJson({ object: 'list', data: [] });
    expect((await post('/v1/embeddings', { model: 'openai', input: 'x' })).status).toBe(502);
  });
});

describe("embeddings in Gemini's shape", () => {
  const content = { parts: [{ text: 'hello' }] };
  const google = (path: string, body: object): Promise<Response> =>
    fetch(`${proxy.url}${path}?key=${CALLER_KEY}`, { method: 'POST', body: JSON.stringify(body) });

  test('embedContent and batchEmbedContents at Gemini: only the name of the model changes', async () => {
    upstream.answer = answerJson({ embedding: { values: [1, -0.5] }, unknown: 1 });
    const one = await google('/v1beta/models/gemini:embedContent', { content, taskType: 'CLUSTERING', newSetting: true });
    expect(await one.json()).toEqual({ embedding: { values: [1, -0.5] }, unknown: 1 });
    expect(upstream.last).toMatchObject({ path: '/v1beta/models/upstream-model:embedContent' });
    expect(upstream.last.json).toEqual({ content, taskType: 'CLUSTERING', newSetting: true, model: 'models/upstream-model' });
    upstream.answer = answerJson({ embeddings: [{ values: [1] }] });
    expect((await google('/v1/models/gemini:batchEmbedContents', { requests: [{ model: 'models/gemini', content }] })).status).toBe(200);
    expect(upstream.last.json).toEqual({ requests: [{ model: 'models/upstream-model', content }] });
  });

  test('elsewhere they are translated, metered, and what is lost is named', async () => {
    upstream.answer = answerJson({
      object: 'list',
      data: [{ index: 0, embedding: [1, -0.5] }],
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
    const answer = await google('/v1beta1/models/openai:embedContent', { content, task_type: 'CLUSTERING' });
    expect(await answer.json()).toEqual({ embedding: { values: [1, -0.5] }, usageMetadata: { promptTokenCount: 7 } });
    expect([answer.headers.get('x-headgate-loss'), answer.headers.get('x-headgate-cost-usd')]).toEqual(['taskType', '0.000007']);
    expect(upstream.last).toMatchObject({
      path: '/v1/embeddings',
      json: { model: 'upstream-model', input: ['hello'], encoding_format: 'float' },
    });
  });

  test("refusals of every kind are told in Gemini's shape", async () => {
    const picture = { parts: [{ inlineData: { mimeType: 'image/png', data: 'AA==' } }] };
    for (const [model, body, status, words] of [
      ['openai', { content: picture }, 400, 'only contents of text'],
      ['anthropic', { content }, 400, 'does not offer embeddings'],
      ['nobody', { content }, 404, 'nobody'],
    ] as const) {
      const answer = await google(`/v1beta/models/${model}:embedContent`, body);
      expect([answer.status, await answer.json()]).toMatchObject([
        status,
        { error: { code: status, status: expect.any(String), message: expect.stringContaining(words) } },
      ]);
    }
  });
});

describe('rerank', () => {
  const call = { query: 'q', documents: ['a', 'b'], top_n: 1 };
  const results = [{ index: 1, relevance_score: 0.9 }];
  test.each([
    ['cohere', '/v2/rerank', { results, meta: { billed_units: { search_units: 1 } } }, call],
    ['cohere-compatible', '/v2/rerank', { results }, call],
    ['jina', '/v1/rerank', { results, usage: { total_tokens: 9 } }, call],
    ['together', '/v1/rerank', { results, usage: { prompt_tokens: 9 } }, call],
    ['voyage', '/v1/rerank', { data: results, usage: { total_tokens: 9 } }, { query: 'q', documents: ['a', 'b'], top_k: 1 }],
  ])('%s takes and answers it in the shape of Cohere', async (family, path, answer, sent) => {
    upstream.answer = answerJson(answer);
    const response = await post('/v1/rerank', { model: family, ...call });
    expect(await response.json()).toMatchObject({ results });
    expect(upstream.last.path).toBe(path);
    expect(upstream.last.json).toEqual({ ...sent, model: 'upstream-model' });
  });

  test('vendors without it are not asked', async () => {
    const answer = await post('/v2/rerank', { model: 'openai', ...call });
    expect(JSON.stringify(await answer.json())).toContain('does not offer rerank');
    expect(upstream.calls).toEqual([]);
  });
});

describe('moderations', () => {
  test('OpenAI: the model may be left out', async () => {
    const answer = { id: 'm', model: 'omni', results: [{ flagged: true, categories: { hate: true }, category_scores: { hate: 1 } }] };
    upstream.answer = answerJson(answer);
    expect(await openai.moderations.create({ input: 'x' })).toMatchObject(answer);
    expect(upstream.last.json).toEqual({ input: 'x', model: 'upstream-model' });
  });

  test("Mistral's answers get the flag that callers read", async () => {
    upstream.answer = answerJson({ id: 'm', results: [{ categories: { pii: true } }, { categories: { pii: false } }] });
    const { results } = await openai.moderations.create({ model: 'mistral', input: ['x', 'y'] });
    expect(results.map(({ flagged }) => flagged)).toEqual([true, false]);
  });
});

describe('images', () => {
  test('generation passes through, metered by its usage', async () => {
    upstream.answer = answerJson({
      created: 1,
      data: [{ b64_json: 'AAAA' }],
      usage: { input_tokens: 10, output_tokens: 20, total_tokens: 30 },
    });
    const { data, response } = await openai.images.generate({ model: 'openai', prompt: 'a cat' }).withResponse();
    expect(data.data?.[0]?.b64_json).toBe('AAAA');
    expect(response.headers.get('x-headgate-cost-usd')).toBe('0.00005');
    expect(upstream.last).toMatchObject({ path: '/v1/images/generations', json: { model: 'upstream-model', prompt: 'a cat' } });
  });

  test('generation in pieces: events go on as they come, and the last usage is booked', async () => {
    const events = [
      'event: image_generation.partial_image\ndata: {"type":"image_generation.partial_image","b64_json":"AA"}\n\n',
      'event: image_generation.completed\ndata: {"type":"image_generation.completed","b64_json":"AAAA","usage":{"input_tokens":10,"output_tokens":20,"total_tokens":30}}\n\n',
    ];
    upstream.answer = answerBytes('text/event-stream', ...events);
    proxy.log.length = 0;
    const answer = await post('/v1/images/generations', { model: 'openai', prompt: 'a cat', stream: true });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(await answer.text()).toBe(events.join(''));
    expect((await proxy.accessLines(1))[0]).toMatchObject({ status: 200, inputTokens: 10, outputTokens: 20 });
  });

  test('edits: the form goes on byte for byte but for the model', async () => {
    upstream.answer = answerJson({ data: [{ b64_json: 'AAAA' }] });
    const picture = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256));
    await openai.images.edit({ model: 'openai', prompt: 'a hat', image: await toFile(picture, 'cat.png', { type: 'image/png' }) });
    const form = await new Response(new Uint8Array(upstream.last.body), {
      headers: { 'content-type': String(upstream.last.headers['content-type']) },
    }).formData();
    expect([form.get('model'), form.get('prompt')]).toEqual(['upstream-model', 'a hat']);
    const sent = form.get('image');
    expect(sent instanceof Blob && Buffer.from(await sent.arrayBuffer()).equals(picture)).toBe(true);
    expect(upstream.last.path).toBe('/v1/images/edits');
  });
});

describe('audio', () => {
  test('speech: the sound arrives as it was sent, with its own content type', async () => {
    const sound = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256));
    upstream.answer = answerBytes('audio/mpeg', sound.subarray(0, 50_000), sound.subarray(50_000));
    const answer = await openai.audio.speech.create({ model: 'openai', voice: 'alloy', input: 'hello' });
    expect(answer.headers.get('content-type')).toBe('audio/mpeg');
    expect(Buffer.from(await answer.arrayBuffer()).equals(sound)).toBe(true);
  });

  test('speech that breaks off is broken off for the caller too', async () => {
    upstream.answer = (_call, response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' });
      response.write('half', () => response.destroy());
    };
    const answer = await post('/v1/audio/speech', { model: 'openai', voice: 'alloy', input: 'hello' });
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });

  test('no sound, or an error told as JSON, is no answer', async () => {
    for (const reply of [answerBytes('audio/mpeg'), answerJson({ error: { message: 'no voice' } })]) {
      upstream.answer = reply;
      const answer = await post('/v1/audio/speech', { model: 'openai', voice: 'alloy', input: 'hello' });
      expect(answer.status).toBeGreaterThanOrEqual(500);
    }
  });

  test('transcriptions: the model is read behind the file and replaced', async () => {
    upstream.answer = answerJson({ text: 'hello', usage: { type: 'tokens', input_tokens: 5, output_tokens: 2, total_tokens: 7 } });
    const file = await toFile(Buffer.alloc(300_000, 1), 'a.mp3', { type: 'audio/mpeg' });
    const made = await openai.audio.transcriptions.create({ model: 'openai', file, language: 'en' });
    expect(made.text).toBe('hello');
    expect(upstream.last.path).toBe('/v1/audio/transcriptions');
    expect(upstream.last.body.includes('upstream-model')).toBe(true);
    expect(upstream.last.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  });

  test('subtitles are passed on as text, translations as they are', async () => {
    upstream.answer = answerBytes('text/plain; charset=utf-8', '1\n00:00 --> 00:01\nhello\n');
    const file = await toFile(Buffer.from('x'), 'a.mp3');
    const text = await openai.audio.translations.create({ model: 'openai', file, response_format: 'srt' });
    expect(String(text)).toContain('hello');
  });

  test('a form without a model, or that is none, is refused in the words of the caller', async () => {
    const form = new FormData();
    form.set('file', new Blob(['x']), 'a.mp3');
    const headers = { authorization: `Bearer ${CALLER_KEY}` };
    const unnamed = await fetch(`${proxy.url}/v1/audio/transcriptions`, { method: 'POST', headers, body: form });
    expect([unnamed.status, JSON.stringify(await unnamed.json())]).toEqual([400, expect.stringContaining('\\"model\\" is missing')]);
    const broken = await fetch(`${proxy.url}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=b' },
      body: '--b\r\n',
    });
    expect(broken.status).toBe(400);
  });
});

describe('completions', () => {
  const completion = {
    id: 'cmpl-1',
    object: 'text_completion',
    created: 1,
    model: 'm',
    choices: [{ text: ' there', index: 0, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  };

  test('pass through where the vendor may have them', async () => {
    upstream.answer = answerJson(completion);
    expect(await openai.completions.create({ model: 'openai', prompt: 'hello', max_tokens: 5 })).toMatchObject(completion);
    expect(upstream.last).toMatchObject({ path: '/v1/completions', json: { model: 'upstream-model', prompt: 'hello', max_tokens: 5 } });
  });

  test('stream through, with usage asked for and kept from callers who did not ask', async () => {
    const chunk = (text: string, rest: object = {}): string =>
      `data: ${JSON.stringify({ ...completion, usage: null, choices: [{ text, index: 0, logprobs: null, finish_reason: null, ...rest }] })}\n\n`;
    const usage = `data: ${JSON.stringify({ ...completion, choices: [] })}\n\n`;
    upstream.answer = answerBytes(
      'text/event-stream',
      chunk('he'),
      chunk('llo'),
      chunk('', { finish_reason: 'stop' }),
      usage,
      'data: [DONE]\n\n',
    );
    let text = '';
    for await (const piece of await openai.completions.create({ model: 'openai', prompt: 'hello', stream: true }))
      text += piece.choices[0]?.text ?? '';
    expect(text).toBe('hello');
    expect(upstream.last.json['stream_options']).toEqual({ include_usage: true });
  });

  test('become a chat where the model only chats, blocking and streamed, and come back as text', async () => {
    upstream.answer = answerJson(openaiCompletion('hi'));
    const made = await openai.completions.create({ model: 'chat-only', prompt: 'hello' });
    expect(made).toMatchObject({ object: 'text_completion', choices: [{ text: 'hi', finish_reason: 'stop' }] });
    expect(upstream.last).toMatchObject({ path: '/v1/chat/completions', json: { messages: [{ role: 'user', content: 'hello' }] } });
    let text = '';
    for await (const piece of await openai.completions.create({ model: 'chat-only', prompt: 'hello', stream: true }))
      text += piece.choices[0]?.text ?? '';
    expect(text).toBe('hi');
  });

  test('what no chat can answer is refused with the reason', async () => {
    for (const body of [{ prompt: ['a', 'b'] }, { prompt: [1, 2] }, { prompt: 'a', suffix: 'b' }]) {
      expect((await post('/v1/completions', { model: 'chat-only', ...body })).status).toBe(400);
    }
    expect(upstream.calls).toEqual([]);
  });

  test('a chat reaches a model that only continues text', async () => {
    upstream.answer = answerJson(completion);
    const made = await openai.chat.completions.create({
      model: 'base-only',
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'u' },
      ],
    });
    expect(made.choices[0]?.message.content).toBe(' there');
    expect(upstream.last).toMatchObject({ path: '/v1/completions', json: { prompt: 'System: s\n\nUser: u\n\nAssistant:' } });
  });
});

test('a model that is known to do something else is not asked', async () => {
  for (const [path, body] of [
    ['/v1/rerank', { query: 'q', documents: ['a'] }],
    ['/v1/audio/speech', { input: 'x', voice: 'v' }],
    ['/v1/images/generations', { prompt: 'x' }],
    ['/v1/moderations', { input: 'x' }],
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }] }],
  ] as const) {
    expect([path, (await post(path, { model: 'embeds-only', ...body })).status]).toEqual([path, 400]);
  }
  expect(upstream.calls).toEqual([]);
});
