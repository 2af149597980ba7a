import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { keyFingerprint } from './request-log.ts';
import { createSimulator } from './simulator-server.ts';

let server: Server;
let url: string;

beforeEach(async () => {
  server = createSimulator({ defaults: { firstTokenMs: 0, tokenMs: 0 }, models: ['sim-small'], nowMs: () => 1_000 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const openai = () => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-one', maxRetries: 0 });
const anthropic = () => new Anthropic({ baseURL: url, apiKey: 'sk-two', maxRetries: 0 });
const messages = [{ role: 'user' as const, content: 'Hello' }];
const script = (body: object) => fetch(`${url}/_simulator/script`, { method: 'POST', body: JSON.stringify(body) });
const chat = (model: string, stream = false) =>
  fetch(`${url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model, messages, stream }) });

describe('OpenAI wire format, read by the official client', () => {
  test('a stream adds up to the blocking answer and ends with usage', async () => {
    const blocking = await openai().chat.completions.create({ model: 'sim-small', messages });
    const stream = await openai().chat.completions.create({
      model: 'sim-small',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(blocking.choices[0]?.message.content);
    expect(usage).toEqual(blocking.usage);
  });

  test('tools are called in both forms', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'say', parameters: { properties: { word: { type: 'string' } } } } }];
    const blocking = await openai().chat.completions.create({ model: 'm', messages, tools });
    expect(blocking.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'say', arguments: '{"word":"Hello"}' } });
    const streamed = await openai().chat.completions.stream({ model: 'm', messages, tools }).finalChatCompletion();
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'say', arguments: '{"word":"Hello"}' } });
  });

  test('embeddings and models are served', async () => {
    const embeddings = await openai().embeddings.create({ model: 'sim-embed', input: ['a', 'b'], dimensions: 8 });
    expect(embeddings.data.map((item) => item.embedding.length)).toEqual([8, 8]);
    expect((await openai().models.list()).data.map((model) => model.id)).toEqual(['sim-small']);
  });
});

describe('Anthropic wire format, read by the official client', () => {
  test('a stream adds up to the blocking answer', async () => {
    const call = { model: 'sim-small', max_tokens: 100, messages };
    const blocking = await anthropic().messages.create(call);
    const streamed = await anthropic().messages.stream(call).finalMessage();
    expect({ content: streamed.content, stop: streamed.stop_reason, tokens: streamed.usage.output_tokens }).toEqual({
      content: blocking.content,
      stop: 'end_turn',
      tokens: blocking.usage.output_tokens,
    });
  });

  test('tools are called and their results answered', async () => {
    const tools = [{ name: 'say', input_schema: { type: 'object' as const, properties: { word: { type: 'string' } } } }];
    const called = await anthropic().messages.stream({ model: 'm', max_tokens: 100, messages, tools }).finalMessage();
    expect(called.content).toEqual([expect.objectContaining({ type: 'tool_use', name: 'say', input: { word: 'Hello' } })]);
    const results = [{ type: 'tool_result' as const, tool_use_id: 'x', content: 'done' }];
    const told = await anthropic().messages.create({
      model: 'm',
      max_tokens: 100,
      tools,
      messages: [...messages, { role: 'assistant', content: called.content }, { role: 'user', content: results }],
    });
    expect(told.content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('The tool answered: done') });
  });
});

describe('scripted sickness', () => {
  test('a status comes with its error body and retry-after, as often as scripted', async () => {
    await script({ scripts: [{ model: 'm', times: 1, behaviour: { status: 429, 'retry-after': 7 } }] });
    const sick = await chat('m');
    expect([sick.status, sick.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await sick.json()).toMatchObject({ error: { type: 'rate_limit_error' } });
    expect((await chat('m')).status).toBe(200);
  });

  test('a cut stream breaks, a stream that ends early lacks its end', async () => {
    await expect((await chat('m!cut-after=2', true)).text()).rejects.toThrow();
    const ended = await (await chat('m!end-after=2', true)).text();
    expect([ended.includes('"content":"You"'), ended.includes('[DONE]')]).toEqual([true, false]);
  });

  test('an error event comes in the middle of a stream', async () => {
    const text = await (await chat('m!error-after=1', true)).text();
    expect([text.includes('"error"'), text.includes('[DONE]')]).toEqual([true, false]);
  });

  test('a cut before the head leaves the caller without an answer', async () => {
    await expect(chat('m!cut-after=0')).rejects.toThrow();
  });

  test('a cut blocking answer breaks in its body', async () => {
    await expect((await chat('m!cut-after=3')).text()).rejects.toThrow();
  });

  test('a stalled stream sends nothing more until the caller gives up', async () => {
    const answer = await chat('m!stall-after=1', true);
    const reader = answer.body?.getReader();
    let seen = '';
    while (!seen.includes('"content":"You"')) seen += new TextDecoder().decode((await reader?.read())?.value);
    const more = await Promise.race([reader?.read().then(() => 'more'), new Promise((resolve) => setTimeout(resolve, 50, 'silence'))]);
    expect(more).toBe('silence');
    await reader?.cancel();
  });

  test('only the keys of the script are let in', async () => {
    await script({ keys: ['sk-one'] });
    await expect(openai().chat.completions.create({ model: 'm', messages })).resolves.toBeDefined();
    await expect(anthropic().messages.create({ model: 'm', max_tokens: 9, messages })).rejects.toMatchObject({ status: 401 });
    const log = (await (await fetch(`${url}/_simulator/requests`)).json()) as { latest: { keyFingerprint: string }[] };
    expect(log.latest.map((request) => request.keyFingerprint)).toEqual([keyFingerprint('sk-one'), keyFingerprint('sk-two')]);
  });

  test('a script that makes no sense is refused and named', async () => {
    const answer = await script({ scripts: [{ behaviour: { slow: 1 } }] });
    expect([answer.status, JSON.stringify(await answer.json())]).toEqual([400, expect.stringContaining('unknown behaviour')]);
  });
});

test('calls it cannot read are refused in the dialect of their path', async () => {
  const openaiError = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body: '{' });
  expect([openaiError.status, await openaiError.json()]).toEqual([
    400,
    { error: expect.objectContaining({ type: 'invalid_request_error' }) },
  ]);
  const anthropicError = await fetch(`${url}/v1/messages`, { method: 'POST', body: '{"model":"m"}' });
  expect([anthropicError.status, await anthropicError.json()]).toEqual([
    400,
    { type: 'error', error: { type: 'invalid_request_error', message: 'max_tokens: Field required' } },
  ]);
});
