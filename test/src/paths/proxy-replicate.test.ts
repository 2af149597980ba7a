import { afterEach, expect, test } from '@jest/globals';
import { jsonAnswer } from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';
import { type Script, ScriptedUpstream } from '../fakes/scripted-upstream.ts';

/** Replicate from both sides: predictions that callers see as chats. */

const MODEL = 'meta/meta-llama-3-70b-instruct';
const PREDICTION = {
  id: 'p1',
  model: MODEL,
  status: 'succeeded',
  output: ['Hello', ' there'],
  error: null,
  created_at: '2026-11-30T10:00:00.123Z',
  metrics: { input_token_count: 14, output_token_count: 5 },
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(...scripts: readonly Script[]): Promise<{ readonly upstream: ScriptedUpstream; readonly proxy: ProxyUnderTest }> {
  const upstream = await ScriptedUpstream.start(...scripts);
  const provider = providerResource('replicate', [upstream.url], { vendor: 'Replicate', dialect: 'replicate', basePath: '/v1' });
  const resilience = { attempts: 1, budgetPercent: 100, whenAllOpen: 'LeastBad' as const };
  const policy = policyResource('assistant', [targetOf('replicate', { model: MODEL, facts: { name: MODEL, capabilities: [] } })], {
    resilience,
  });
  const proxy = await ProxyUnderTest.start(tableOf(provider, policy));
  closing.push(
    () => upstream.close(),
    () => proxy.close(),
  );
  return { upstream, proxy };
}

test('a prediction is waited for, and is an answer with its tokens', async () => {
  const { upstream, proxy } = await start(jsonAnswer(201, PREDICTION));
  const answered = await proxy.call();
  expect(await answered.json()).toMatchObject({
    id: 'p1',
    choices: [{ message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 14, completion_tokens: 5 },
  });
  const seen = await upstream.request(0);
  expect(seen.path).toBe(`/v1/models/${MODEL}/predictions`);
  expect(seen.headers).toMatchObject({ prefer: 'wait=60', 'cancel-after': '1m' });
  expect(seen.json).toEqual({ input: { prompt: 'hello' } });
});

test('callers of streams get the whole answer as a stream', async () => {
  const { proxy } = await start(jsonAnswer(201, PREDICTION), jsonAnswer(201, PREDICTION));
  const openai = await (await proxy.call({ stream: true })).text();
  expect(openai).toContain('"content":"Hello there"');
  expect(openai).toContain('data: [DONE]');
  const anthropic = await (await proxy.call({ dialect: 'anthropic-messages', stream: true })).text();
  expect(anthropic).toContain('"text":"Hello there"');
  expect(anthropic).toContain('event: message_stop');
});

test('a prediction that goes on is a timeout, one that failed is told', async () => {
  const running = { ...PREDICTION, status: 'processing', output: null };
  const failed = { ...PREDICTION, status: 'failed', output: null, error: 'CUDA out of memory' };
  const { proxy } = await start(jsonAnswer(202, running), jsonAnswer(201, failed));
  const late = await proxy.call();
  expect(late.status).toBe(504);
  expect(await late.text()).toContain('not done within the time it was waited for');
  const broken = await proxy.call();
  expect(broken.status).toBe(500);
  expect(await broken.text()).toContain('CUDA out of memory');
});

test('tools are refused by name, and the provider is not asked', async () => {
  const { upstream, proxy } = await start();
  const refused = await proxy.call({ body: { tools: [{ type: 'function', function: { name: 'f' } }] } });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: { code: 'lossy_translation', param: 'tools' } });
  expect(upstream.requests).toEqual([]);
});
