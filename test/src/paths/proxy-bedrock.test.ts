import { readFileSync } from 'node:fs';
import type { ProviderResource } from '@headgate/crds';
import { afterEach, describe, expect, test } from '@jest/globals';
import { answer, jsonAnswer, openaiAnswer, openaiStream } from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';
import { type Script, ScriptedUpstream } from '../fakes/scripted-upstream.ts';

/** Bedrock from both sides: what OpenAI's and Anthropic's callers see of its frames, exceptions and errors. */

const FIXTURES = new URL('../../../proxy/src/dialects/fixtures/bedrock-converse/streams/', import.meta.url);
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\ntransfer-encoding: chunked\r\n\r\n';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The frames of a fixture, in two pieces that break one of them. */
function frames(name: string): Script {
  const bytes = Buffer.from(readFileSync(new URL(`${name}.hex`, FIXTURES), 'utf8').replace(/\s/g, ''), 'hex');
  const at = Math.floor(bytes.length / 2);
  return [
    { type: 'send', bytes: HEAD },
    { type: 'chunk', bytes: bytes.subarray(0, at) },
    { type: 'chunk', bytes: bytes.subarray(at) },
    { type: 'end' },
  ];
}

async function upstreamOf(...scripts: readonly Script[]): Promise<ScriptedUpstream> {
  const upstream = await ScriptedUpstream.start(...scripts);
  closing.push(() => upstream.close());
  return upstream;
}

async function proxyFor(...providers: readonly ProviderResource[]): Promise<ProxyUnderTest> {
  const targets = providers.map(({ name }) => targetOf(name));
  const proxy = await ProxyUnderTest.start(tableOf(...providers, policyResource('assistant', targets)));
  closing.push(() => proxy.close());
  return proxy;
}

function bedrock(upstream: ScriptedUpstream): ProviderResource {
  return providerResource('bedrock', [upstream.url], { vendor: 'Bedrock', dialect: 'bedrock-converse', basePath: '' });
}

const events = (text: string): readonly string[] =>
  text.split('\n\n').filter((part) => part.startsWith('data: ') || part.startsWith('event: '));

test('a stream of frames becomes chunks of OpenAI, with usage when asked for', async () => {
  const upstream = await upstreamOf(frames('reasoning-and-tools'));
  const proxy = await proxyFor(bedrock(upstream));
  const answered = await proxy.call({ stream: true, body: { stream_options: { include_usage: true } } });
  expect(answered.headers.get('content-type')).toContain('text/event-stream');
  const told = events(await answered.text());
  const seen = await upstream.request(0);
  expect(seen.path).toBe('/model/upstream-model/converse-stream');
  expect(seen.json).toEqual({ messages: [{ role: 'user', content: [{ text: 'hello' }] }] });
  expect(told.at(-1)).toBe('data: [DONE]');
  const text = told.join('');
  expect(text).toContain('"finish_reason":"tool_calls"');
  expect(text).toContain('"prompt_tokens":1130');
});

test('the same becomes events of Anthropic, with its thinking signed', async () => {
  const proxy = await proxyFor(bedrock(await upstreamOf(frames('reasoning-and-tools'))));
  const told = events(await (await proxy.call({ dialect: 'anthropic-messages', stream: true })).text()).join('');
  expect(told).toContain('"signature_delta","signature":"c2lnbmF0dXJl"');
  expect(told).toContain('"stop_reason":"tool_use"');
  expect(told).toContain('"cache_read_input_tokens":1000');
});

describe('exceptions in the stream', () => {
  test('before any content another target answers', async () => {
    const spare = await upstreamOf(openaiStream('spare'));
    const proxy = await proxyFor(bedrock(await upstreamOf(frames('exception-before-content'))), providerResource('spare', [spare.url]));
    const answered = await proxy.call({ stream: true });
    expect(answered.headers.get('x-headgate-target')).toContain('/spare/');
    expect(await answered.text()).toContain('data: [DONE]');
  });

  test.each(['exception-in-stream', 'broken-checksum', 'cut-before-stop'])(
    'after content (%s) the caller gets one error and no end',
    async (name) => {
      const proxy = await proxyFor(bedrock(await upstreamOf(frames(name))));
      const told = events(await (await proxy.call({ stream: true })).text());
      expect(told.filter((event) => event.includes('"error"'))).toHaveLength(1);
      expect(told.at(-1)).toContain('stream_interrupted');
      expect(told.join('')).not.toContain('[DONE]');
    },
  );
});

describe('errors', () => {
  const error = (status: number, type: string, message: string): Script =>
    answer(status, JSON.stringify({ message }), { 'content-type': 'application/json', 'x-amzn-errortype': type });

  test('throttling rests the key and goes on to the next target', async () => {
    const spare = await upstreamOf(openaiAnswer('spare'));
    const proxy = await proxyFor(
      bedrock(await upstreamOf(error(429, 'ThrottlingException', 'Too many requests'))),
      providerResource('spare', [spare.url]),
    );
    expect((await proxy.call()).headers.get('x-headgate-target')).toContain('/spare/');
    expect(proxy.endpoints()[0]?.signals.credential.state).toBe('RateLimited');
  });

  test('a mistake of the caller keeps status and words', async () => {
    const proxy = await proxyFor(bedrock(await upstreamOf(error(400, 'ValidationException', 'The text field is blank.'))));
    const answered = await proxy.call();
    expect([answered.status, JSON.stringify(await answered.json())]).toEqual([400, expect.stringContaining('The text field is blank.')]);
  });

  test('an answer without an output message is no answer', async () => {
    const proxy = await proxyFor(bedrock(await upstreamOf(jsonAnswer(200, { Output: { __type: 'UnknownOperationException' } }))));
    expect((await proxy.call()).status).toBe(500);
  });
});
