import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import {
  ANTHROPIC_START,
  ANTHROPIC_STOP,
  anthropicAnswer,
  anthropicMessage,
  anthropicStream,
  DONE,
  END,
  event,
  jsonAnswer,
  OPENAI_ROLE,
  OPENAI_USAGE,
  openaiAnswer,
  openaiChunk,
  openaiCompletion,
  openaiStream,
  type ScriptedDialect,
  STREAM_HEAD,
} from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { CALLER_KEY, policyResource, providerFor, tableOf, targetOf } from '../fakes/routing-tables.ts';
import { type Script, ScriptedUpstream, type SeenRequest } from '../fakes/scripted-upstream.ts';

/** The official clients, unmodified, each against providers of both dialects. */

const DIALECT_IDS: readonly ScriptedDialect[] = ['openai-chat', 'anthropic-messages'];
const WEATHER = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const;

interface Scripts {
  readonly text: Script;
  readonly textStream: Script;
  readonly tool: Script;
  readonly toolStream: Script;
  readonly refusal: Script;
}

const toolEvent = (data: { readonly type: string } & Readonly<Record<string, unknown>>): Script[number] => event(data, data.type);

const SCRIPTS: Readonly<Record<ScriptedDialect, Scripts>> = {
  'openai-chat': {
    text: openaiAnswer('Hello there'),
    textStream: openaiStream('Hello', ' there'),
    tool: jsonAnswer(
      200,
      openaiCompletion('', {
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: null,
              tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
            },
            finish_reason: 'tool_calls',
          },
        ],
      }),
    ),
    toolStream: [
      STREAM_HEAD,
      OPENAI_ROLE,
      openaiChunk({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }] }),
      openaiChunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
      openaiChunk({ tool_calls: [{ index: 0, function: { arguments: '"Oslo"}' } }] }),
      openaiChunk({}, 'tool_calls'),
      OPENAI_USAGE,
      DONE,
      END,
    ],
    refusal: jsonAnswer(400, {
      error: { message: 'max_tokens is too large', type: 'invalid_request_error', param: 'max_tokens', code: null },
    }),
  },
  'anthropic-messages': {
    text: anthropicAnswer('Hello there'),
    textStream: anthropicStream('Hello', ' there'),
    tool: jsonAnswer(
      200,
      anthropicMessage('', {
        content: [{ type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Oslo' } }],
        stop_reason: 'tool_use',
      }),
    ),
    toolStream: [
      STREAM_HEAD,
      ANTHROPIC_START,
      toolEvent({ type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 'call_1', name: 'weather', input: {} } }),
      toolEvent({ type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"city":' } }),
      toolEvent({ type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '"Oslo"}' } }),
      toolEvent({ type: 'content_block_stop', index: 0 }),
      toolEvent({ type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 5 } }),
      ANTHROPIC_STOP,
      END,
    ],
    refusal: jsonAnswer(400, { type: 'error', error: { type: 'invalid_request_error', message: 'max_tokens is too large' } }),
  },
};

describe.each(DIALECT_IDS)('against a provider of %s', (provider) => {
  const scripts = SCRIPTS[provider];
  let upstream: ScriptedUpstream;
  let proxy: ProxyUnderTest;
  let openai: OpenAI;
  let anthropic: Anthropic;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
    proxy = await ProxyUnderTest.start(
      tableOf(providerFor(provider, 'only', [upstream.url]), policyResource('assistant', [targetOf('only')])),
    );
    openai = new OpenAI({ apiKey: CALLER_KEY, baseURL: `${proxy.url}/v1` });
    anthropic = new Anthropic({ apiKey: CALLER_KEY, baseURL: proxy.url });
  });

  beforeEach(() => {
    upstream.requests.length = 0;
  });

  afterAll(async () => {
    await proxy.close();
    await upstream.close();
  });

  /** The one request the provider got: with its own key and model, never the caller's. */
  function sent(): SeenRequest {
    const [only, ...more] = upstream.requests;
    if (only === undefined || more.length > 0) throw new Error(`${upstream.requests.length} requests arrived`);
    expect(only.json['model']).toBe('upstream-model');
    expect(JSON.stringify(only.headers)).not.toContain(CALLER_KEY);
    expect(JSON.stringify(only.headers)).toContain('key-of-only');
    return only;
  }

  const openaiCall = { model: 'assistant', messages: [{ role: 'user' as const, content: 'hi' }] };
  const openaiTools = [{ type: 'function' as const, function: { name: 'weather', description: 'Weather now', parameters: WEATHER } }];
  const anthropicCall = { model: 'assistant', max_tokens: 100, messages: [{ role: 'user' as const, content: 'hi' }] };
  const anthropicTools = [{ name: 'weather', description: 'Weather now', input_schema: { ...WEATHER, required: [...WEATHER.required] } }];

  describe('the openai client', () => {
    test('gets a blocking answer with usage', async () => {
      upstream.script(scripts.text);
      const { data, response } = await openai.chat.completions.create(openaiCall).withResponse();
      expect(data.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', content: 'Hello there' } });
      expect(data.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 });
      expect(response.headers.get('x-headgate-cost-usd')).toBe('0.00002');
      sent();
    });

    test('gets a stream, and usage only when it asks', async () => {
      upstream.script(scripts.textStream);
      const plain = await openai.chat.completions.create({ ...openaiCall, stream: true });
      let text = '';
      for await (const chunk of plain) {
        expect(chunk.usage ?? null).toBeNull();
        text += chunk.choices[0]?.delta.content ?? '';
      }
      expect(text).toBe('Hello there');
      sent();
      const asking = await openai.chat.completions.create({ ...openaiCall, stream: true, stream_options: { include_usage: true } });
      const usages: unknown[] = [];
      for await (const chunk of asking) if (chunk.usage) usages.push(chunk.usage);
      expect(usages).toMatchObject([{ prompt_tokens: 10, completion_tokens: 5 }]);
    });

    test('gets tool calls, and sends their results', async () => {
      upstream.script(scripts.tool, scripts.text);
      const answer = await openai.chat.completions.create({ ...openaiCall, tools: openaiTools, tool_choice: 'required' });
      const message = answer.choices[0]?.message;
      expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
      expect(message?.tool_calls).toMatchObject([
        { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
      ]);
      expect(JSON.stringify(sent().json['tools'])).toContain('"city"');
      if (message === undefined) throw new Error('no message');
      const next = await openai.chat.completions.create({
        ...openaiCall,
        tools: openaiTools,
        messages: [...openaiCall.messages, message, { role: 'tool', tool_call_id: 'call_1', content: '7 degrees' }],
      });
      expect(next.choices[0]?.message.content).toBe('Hello there');
      expect(upstream.requests[1]?.body).toContain('7 degrees');
    });

    test('gets streamed tool calls', async () => {
      upstream.script(scripts.toolStream);
      const runner = openai.chat.completions.stream({ ...openaiCall, tools: openaiTools });
      const answer = await runner.finalChatCompletion();
      expect(answer.choices[0]).toMatchObject({
        finish_reason: 'tool_calls',
        message: { tool_calls: [{ id: 'call_1', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }] },
      });
    });

    test("throws its own error types: the provider's refusal, an unknown model, a wrong key", async () => {
      upstream.script(scripts.refusal);
      const refused = openai.chat.completions.create(openaiCall);
      await expect(refused).rejects.toBeInstanceOf(OpenAI.BadRequestError);
      await expect(refused).rejects.toMatchObject({ status: 400, type: 'invalid_request_error', message: '400 max_tokens is too large' });
      await expect(openai.chat.completions.create({ ...openaiCall, model: 'nobody' })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
      const stranger = new OpenAI({ apiKey: 'wrong', baseURL: `${proxy.url}/v1` });
      await expect(stranger.chat.completions.create(openaiCall)).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
      expect(upstream.requests).toHaveLength(1);
    });

    test('throws when a stream breaks after its first content', async () => {
      const broken = scripts.textStream.slice(0, -4);
      upstream.script([...broken, { type: 'reset' }]);
      const stream = await openai.chat.completions.create({ ...openaiCall, stream: true });
      const read = async (): Promise<void> => {
        for await (const _ of stream);
      };
      await expect(read()).rejects.toMatchObject({ code: 'stream_interrupted' });
    });

    test('lists the models it may use', async () => {
      const names: string[] = [];
      for await (const model of openai.models.list()) names.push(model.id);
      expect(names).toEqual(['assistant']);
      expect(await openai.models.retrieve('assistant')).toMatchObject({ id: 'assistant', object: 'model' });
    });
  });

  describe('the anthropic client', () => {
    test('gets a blocking answer with usage', async () => {
      upstream.script(scripts.text);
      const message = await anthropic.messages.create(anthropicCall);
      expect(message).toMatchObject({
        type: 'message',
        role: 'assistant',
        stop_reason: 'end_turn',
        content: [{ type: 'text', text: 'Hello there' }],
      });
      expect(message.usage).toMatchObject({ input_tokens: 10, output_tokens: 5 });
      sent();
    });

    test('gets a stream', async () => {
      upstream.script(scripts.textStream);
      const stream = anthropic.messages.stream(anthropicCall);
      let text = '';
      stream.on('text', (piece) => {
        text += piece;
      });
      const message = await stream.finalMessage();
      expect(text).toBe('Hello there');
      expect(message).toMatchObject({
        stop_reason: 'end_turn',
        content: [{ type: 'text', text: 'Hello there' }],
        usage: { output_tokens: 5 },
      });
      sent();
    });

    test('gets tool calls, and sends their results', async () => {
      upstream.script(scripts.tool, scripts.text);
      const answer = await anthropic.messages.create({ ...anthropicCall, tools: anthropicTools, tool_choice: { type: 'any' } });
      expect(answer).toMatchObject({
        stop_reason: 'tool_use',
        content: [{ type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Oslo' } }],
      });
      expect(JSON.stringify(sent().json['tools'])).toContain('"city"');
      const next = await anthropic.messages.create({
        ...anthropicCall,
        tools: anthropicTools,
        messages: [
          ...anthropicCall.messages,
          { role: 'assistant', content: answer.content },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: '7 degrees' }] },
        ],
      });
      expect(next.content).toMatchObject([{ type: 'text', text: 'Hello there' }]);
      expect(upstream.requests[1]?.body).toContain('7 degrees');
    });

    test('gets streamed tool calls', async () => {
      upstream.script(scripts.toolStream);
      const message = await anthropic.messages.stream({ ...anthropicCall, tools: anthropicTools }).finalMessage();
      expect(message).toMatchObject({
        stop_reason: 'tool_use',
        content: [{ type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Oslo' } }],
      });
    });

    test("throws its own error types: the provider's refusal, an unknown model, a wrong key", async () => {
      upstream.script(scripts.refusal);
      const refused = anthropic.messages.create(anthropicCall);
      await expect(refused).rejects.toBeInstanceOf(Anthropic.BadRequestError);
      await expect(anthropic.messages.create({ ...anthropicCall, model: 'nobody' })).rejects.toBeInstanceOf(Anthropic.NotFoundError);
      const stranger = new Anthropic({ apiKey: 'wrong', baseURL: proxy.url });
      await expect(stranger.messages.create(anthropicCall)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
      expect(upstream.requests).toHaveLength(1);
    });

    test('throws when a stream breaks after its first content', async () => {
      const broken = scripts.textStream.slice(0, -4);
      upstream.script([...broken, { type: 'reset' }]);
      await expect(anthropic.messages.stream(anthropicCall).finalMessage()).rejects.toThrow(/broke off/);
    });

    test('lists the models it may use', async () => {
      const names: string[] = [];
      for await (const model of anthropic.models.list()) names.push(model.id);
      expect(names).toEqual(['assistant']);
    });
  });
});

test('the openai client gets embeddings, counted and priced', async () => {
  const upstream = await ScriptedUpstream.start(
    jsonAnswer(200, {
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [0.25, -0.5] }],
      model: 'upstream-model',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    }),
  );
  const proxy = await ProxyUnderTest.start(
    tableOf(providerFor('openai-chat', 'only', [upstream.url]), policyResource('assistant', [targetOf('only')])),
  );
  const openai = new OpenAI({ apiKey: CALLER_KEY, baseURL: `${proxy.url}/v1` });
  const answer = await openai.embeddings.create({ model: 'assistant', input: 'hello', encoding_format: 'float' });
  expect(answer.data[0]?.embedding).toEqual([0.25, -0.5]);
  expect(upstream.requests[0]).toMatchObject({ path: '/v1/embeddings', json: { model: 'upstream-model', input: 'hello' } });
  const [line] = await proxy.accessLines(1);
  expect(line).toMatchObject({ operation: 'embeddings', inputTokens: 4, costUsd: '0.000004' });
  await proxy.close();
  await upstream.close();
});
