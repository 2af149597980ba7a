import { validateUpFrame } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../wire/json.ts';
import { readListingPage } from './listing-page.ts';

/** Entries as the vendors document them, without what is not read. */
describe('entries of lists', () => {
  test.each<[string, Json, object]>([
    ['OpenAI', { id: 'gpt-4o', object: 'model', created: 1, owned_by: 'system' }, { name: 'gpt-4o' }],
    [
      'Anthropic',
      { type: 'model', id: 'claude-sonnet-4-5-20250929', display_name: 'Claude Sonnet 4.5' },
      { name: 'claude-sonnet-4-5-20250929' },
    ],
    [
      'Anthropic, with limits',
      { type: 'model', id: 'claude-x', max_input_tokens: 200_000, max_tokens: 64_000 },
      { name: 'claude-x', contextWindow: 200_000, maxOutputTokens: 64_000 },
    ],
    [
      'Gemini, a model that chats: tools and images are not told',
      {
        name: 'models/gemini-2.5-flash',
        inputTokenLimit: 1_048_576,
        outputTokenLimit: 65_536,
        supportedGenerationMethods: ['generateContent'],
      },
      { name: 'gemini-2.5-flash', contextWindow: 1_048_576, maxOutputTokens: 65_536 },
    ],
    [
      'Gemini, embeddings',
      { name: 'models/gemini-embedding-001', inputTokenLimit: 2048, outputTokenLimit: 1, supportedGenerationMethods: ['embedContent'] },
      { name: 'gemini-embedding-001', capabilities: ['Embeddings'], contextWindow: 2048, maxOutputTokens: 1 },
    ],
    ['Gemini in the shape of OpenAI', { id: 'models/gemini-2.5-pro', object: 'model' }, { name: 'gemini-2.5-pro' }],
    ['Ollama, /v1/models', { id: 'llama3:latest', object: 'model', owned_by: 'library' }, { name: 'llama3:latest' }],
    ['Ollama, /api/tags', { name: 'qwen3:4b', model: 'qwen3:4b', size: 1, details: { family: 'qwen3' } }, { name: 'qwen3:4b' }],
    [
      'Cohere, chat',
      { name: 'command-a-03-2025', endpoints: ['chat'], context_length: 288_000, features: ['tools', 'json_mode', 'json_schema'] },
      { name: 'command-a-03-2025', capabilities: ['Chat', 'Tools', 'JsonSchema'], contextWindow: 288_000 },
    ],
    [
      'Cohere, chat without features',
      { name: 'c4ai', endpoints: ['chat', 'generate'], context_length: 8192 },
      { name: 'c4ai', contextWindow: 8192 },
    ],
    [
      'Cohere, embeddings and rerank',
      { name: 'multi', endpoints: ['embed', 'rerank', 'classify'], context_length: 512, features: null },
      { name: 'multi', capabilities: ['Embeddings', 'Rerank'], contextWindow: 512 },
    ],
    [
      'Mistral',
      {
        id: 'pixtral-large-latest',
        name: 'pixtral-large-2411',
        max_context_length: 131_072,
        capabilities: { completion_chat: true, completion_fim: false, function_calling: true, fine_tuning: false, vision: true },
      },
      { name: 'pixtral-large-latest', capabilities: ['Chat', 'Tools', 'Vision', 'JsonSchema'], contextWindow: 131_072 },
    ],
    [
      'Mistral, no chat',
      { id: 'mistral-embed', max_context_length: 8192, capabilities: { completion_chat: false, function_calling: false, vision: false } },
      { name: 'mistral-embed', contextWindow: 8192 },
    ],
    [
      'vLLM',
      { id: 'meta-llama/Llama-3.3-70B', object: 'model', max_model_len: 16_384 },
      { name: 'meta-llama/Llama-3.3-70B', contextWindow: 16_384 },
    ],
    ['vLLM, an adapter', { id: 'sql-lora', object: 'model', parent: 'base', max_model_len: null }, { name: 'sql-lora' }],
    [
      'Groq',
      { id: 'llama-3.3-70b-versatile', context_window: 131_072, max_completion_tokens: 32_768, active: true },
      { name: 'llama-3.3-70b-versatile', contextWindow: 131_072, maxOutputTokens: 32_768 },
    ],
    [
      'Together, embeddings',
      { id: 'BAAI/bge-base-en-v1.5', object: 'model', type: 'embedding', context_length: 512 },
      { name: 'BAAI/bge-base-en-v1.5', capabilities: ['Embeddings'], contextWindow: 512 },
    ],
    ['Together, chat', { id: 'x/y', type: 'chat', context_length: 4096 }, { name: 'x/y', contextWindow: 4096 }],
    [
      'GitHub Models',
      {
        id: 'openai/gpt-4.1',
        name: 'OpenAI GPT-4.1',
        limits: { max_input_tokens: 1_048_576, max_output_tokens: 32_768 },
        supported_output_modalities: ['text'],
        capabilities: ['agents', 'tool-calling'],
      },
      { name: 'openai/gpt-4.1', contextWindow: 1_048_576, maxOutputTokens: 32_768 },
    ],
    [
      'GitHub Models, embeddings',
      { id: 'openai/text-embedding-3-small', name: 'x', supported_output_modalities: ['embeddings'] },
      { name: 'openai/text-embedding-3-small', capabilities: ['Embeddings'] },
    ],
    ['DeepInfra', { id: 'a/b', metadata: { context_length: 40_960 } }, { name: 'a/b', contextWindow: 40_960 }],
  ])('%s', (_vendor, entry, expected) => {
    expect(readListingPage({ data: [entry] }, undefined)).toEqual({ models: [expected], next: undefined });
  });

  test('OpenRouter tells everything', () => {
    const entry = {
      id: 'openai/gpt-4o',
      name: 'OpenAI: GPT-4o',
      context_length: 128_000,
      architecture: { input_modalities: ['text', 'image', 'file'], output_modalities: ['text'] },
      pricing: { prompt: '0.0000025', completion: '0.00001', request: '0', image: '0.003613', input_cache_read: '0.00000125' },
      top_provider: { context_length: 128_000, max_completion_tokens: 16_384, is_moderated: true },
      supported_parameters: ['tools', 'max_tokens', 'structured_outputs'],
    };
    expect(readListingPage({ data: [entry] }, 'PerToken')?.models).toEqual([
      {
        name: 'openai/gpt-4o',
        capabilities: ['Chat', 'Tools', 'Vision', 'JsonSchema'],
        contextWindow: 128_000,
        maxOutputTokens: 16_384,
        pricing: { inputNanoUsd: 2500, outputNanoUsd: 10_000, cachedInputNanoUsd: 1250 },
      },
    ]);
  });
});

describe('prices of lists', () => {
  const priced = (pricing: Json, unit: Parameters<typeof readListingPage>[1]): unknown =>
    readListingPage([{ id: 'm', pricing }], unit)?.models[0]?.pricing;

  test('per token, as text: decimals stay what they were', () => {
    expect(priced({ prompt: '0.00000015', completion: '0.0000006', request: '0.005' }, 'PerToken')).toEqual({
      inputNanoUsd: 150,
      outputNanoUsd: 600,
      perRequestNanoUsd: 5_000_000,
    });
    expect(priced({ prompt: '0.0000000028', completion: '0' }, 'PerToken')).toEqual({ inputNanoUsd: 2.8, outputNanoUsd: 0 });
    expect(priced({ prompt: '0', completion: '0' }, 'PerToken')).toEqual({ inputNanoUsd: 0, outputNanoUsd: 0 });
  });

  test('per million tokens, where nothing but zeros is no price', () => {
    expect(priced({ hourly: 0, input: 0.88, output: 0.88, base: 0 }, 'PerMillionTokens')).toEqual({
      inputNanoUsd: 880,
      outputNanoUsd: 880,
    });
    expect(priced({ hourly: 0, input: 0, output: 0, base: 0 }, 'PerMillionTokens')).toBeUndefined();
  });

  test.each<[Json]>([
    [{ prompt: '-1', completion: '-1' }],
    [{ prompt: '', completion: ' ' }],
    [{ prompt: 1e293, completion: '1e99' }],
    [{ prompt: 'free', completion: '1' }],
    [{ prompt: '1' }],
    ['cheap'],
    [null],
  ])('what cannot be read is no price: %j', (pricing) => expect(priced(pricing, 'PerToken')).toBeUndefined());

  test('a price in a unit that nobody documents is not read', () => {
    expect(priced({ prompt: '1', completion: '1', input: 1, output: 1 }, undefined)).toBeUndefined();
  });
});

describe('pages', () => {
  test.each<[Json, string | undefined]>([
    [{ data: [], has_more: true, last_id: 'a b' }, 'after_id=a%20b'],
    [{ data: [], has_more: false, last_id: 'a' }, undefined],
    [{ models: [], nextPageToken: 'x=' }, 'pageToken=x%3D'],
    [{ models: [], next_page_token: 'y' }, 'page_token=y'],
    [{ models: [], next_page_token: '' }, undefined],
    [[], undefined],
    [{ object: 'list', data: null }, undefined],
  ])('%j', (body, next) => expect(readListingPage(body, undefined)).toEqual({ models: [], next }));

  test.each<[Json | undefined]>([
    [undefined],
    ['x'],
    [{}],
    [{ data: {} }],
    [{ data: null }],
    [{ error: { message: 'no' } }],
    [{ data: [{ title: 'x' }] }],
  ])('is no list: %j', (body) => expect(readListingPage(body, undefined)).toBeUndefined());

  test('entries that no call could name are left out', () => {
    const data = [{ id: 'a b' }, { id: '' }, { id: 'x'.repeat(257) }, 'text', null, { id: 7 }, { id: 'new\u0000line' }, { id: 'good' }];
    data.push({ id: 'right\u202eto left' }, { id: 'half\ud800' });
    expect(readListingPage({ data }, undefined)?.models).toEqual([{ name: 'good' }]);
  });

  test('numbers that are no number of tokens are not taken over', () => {
    const data = [{ id: 'm', context_length: -1, context_window: 0.5, max_model_len: '8192', max_completion_tokens: 1e12 }];
    expect(readListingPage({ data }, undefined)?.models).toEqual([{ name: 'm' }]);
  });
});

test('whatever a provider writes: a report with what was read of it is one that the operator takes', () => {
  const word = fc.constantFrom(
    'chat',
    'embed',
    'text',
    'image',
    'tools',
    'generateContent',
    'embedContent',
    'embedding',
    '0',
    '-1',
    '1e-9',
    'NaN',
  );
  const value: fc.Arbitrary<unknown> = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    word,
    fc.array(word, { maxLength: 3 }),
    fc.double(),
    fc.boolean(),
  );
  const members = (...names: readonly string[]): fc.Arbitrary<unknown> =>
    fc.oneof(
      { weight: 4, arbitrary: fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] }) },
      { weight: 1, arbitrary: value },
    );
  const entry = fc.record(
    {
      id: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('a', 'models/b') }, { weight: 1, arbitrary: value }),
      name: value,
      context_length: value,
      max_completion_tokens: value,
      limits: members('max_input_tokens', 'max_output_tokens'),
      pricing: members('prompt', 'completion', 'request', 'input', 'output', 'input_cache_read'),
      architecture: members('input_modalities', 'output_modalities'),
      capabilities: members('completion_chat', 'function_calling', 'vision'),
      endpoints: value,
      features: value,
      supported_parameters: value,
      supportedGenerationMethods: value,
      type: value,
    },
    { requiredKeys: [] },
  );
  const unit = fc.constantFrom(undefined, 'PerToken' as const, 'PerMillionTokens' as const);
  fc.assert(
    fc.property(fc.array(fc.oneof(entry, value), { maxLength: 4 }), unit, (data, prices) => {
      const page = readListingPage(JSON.parse(JSON.stringify({ data })) as Json, prices);
      const listings = [{ key: 'provider/a/b', subject: 's', models: page?.models ?? [] }];
      const frame = { type: 'report', proxyId: 'p', epoch: 1, sequence: 1, windowMs: 1, providers: [], policies: [], listings };
      expect(validateUpFrame(JSON.parse(JSON.stringify(frame)))).toMatchObject({ type: 'valid' });
    }),
    { numRuns: 3000 },
  );
});
