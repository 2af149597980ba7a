import type { ProviderResource } from '@headgate/crds';
import { afterEach, expect, test } from '@jest/globals';
import { anthropicAnswer, openaiAnswer } from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';
import { ScriptedUpstream } from '../fakes/scripted-upstream.ts';

/** A provider that understands several dialects is asked in the caller's own, so that nothing is lost in translation. */

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const ALTERNATIVES: NonNullable<ProviderResource['alternatives']> = [
  { dialect: 'anthropic-messages', basePath: '/anthropic/v1', auth: { type: 'Header', name: 'x-api-key' }, quirks: {} },
];

async function start(changes: Partial<ProviderResource>): Promise<{ readonly proxy: ProxyUnderTest; readonly upstream: ScriptedUpstream }> {
  const upstream = await ScriptedUpstream.start(openaiAnswer('hello'));
  closing.push(() => upstream.close());
  const provider = providerResource('both', [upstream.url], { quirks: { maxTokensField: 'max_completion_tokens' }, ...changes });
  const proxy = await ProxyUnderTest.start(tableOf(provider, policyResource('assistant', [targetOf('both')])));
  closing.push(() => proxy.close());
  return { proxy, upstream };
}

test('callers of either dialect are passed through, each to its own place, with the key as it is sent there', async () => {
  const { proxy, upstream } = await start({ alternatives: ALTERNATIVES });
  expect((await proxy.call()).status).toBe(200);
  upstream.script(anthropicAnswer('hello'));
  const answered = await proxy.call({ dialect: 'anthropic-messages', body: { metadata: { unknown: [1.5] } } });
  expect([answered.status, answered.headers.get('x-headgate-loss')]).toEqual([200, null]);
  const [openai, anthropic] = [await upstream.request(0), await upstream.request(1)];
  expect([openai.path, openai.headers['authorization']]).toEqual(['/v1/chat/completions', 'Bearer key-of-both']);
  expect([anthropic.path, anthropic.headers['x-api-key'], anthropic.headers['authorization']]).toEqual([
    '/anthropic/v1/messages',
    'key-of-both',
    undefined,
  ]);
  expect(anthropic.json).toMatchObject({ model: 'upstream-model', max_tokens: 100, metadata: { unknown: [1.5] } });
});

test('without alternatives a caller of another dialect is translated', async () => {
  const { proxy, upstream } = await start({});
  expect((await proxy.call({ dialect: 'anthropic-messages' })).status).toBe(200);
  expect((await upstream.request(0)).path).toBe('/v1/chat/completions');
});
