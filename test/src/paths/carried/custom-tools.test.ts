import { describe, expect, test } from '@jest/globals';
import { CALL, type CanonicalAnswer } from '../clients/canonical-answer.ts';
import { type ScriptedDialectId, UPSTREAMS } from '../clients/upstreams/upstreams.ts';
import { callOnce } from './one-call.ts';

/** Tools of OpenAI's that take free text, at providers that know functions only, and back. */

const TEXT = '*** Begin Patch\n-"a"\n+"é"\n';
const ARGUMENTS = JSON.stringify({ input: TEXT });
const PATCH: CanonicalAnswer = {
  ...CALL,
  calls: [{ id: 'call_patch_1', name: 'patch', args: [ARGUMENTS.slice(0, 12), ARGUMENTS.slice(12, 30), ARGUMENTS.slice(30)] }],
};
const CHAT = {
  messages: [{ role: 'user', content: 'Patch it.' }],
  tools: [{ type: 'custom', custom: { name: 'patch', description: 'Patches.', format: { type: 'text' } } }],
};
const RESPONSES = { input: 'Patch it.', store: false, tools: [{ type: 'custom', name: 'patch', description: 'Patches.' }] };

const providers = (own: ScriptedDialectId): ScriptedDialectId[] =>
  (Object.keys(UPSTREAMS) as readonly ScriptedDialectId[]).filter((provider) => provider !== own);

describe.each(providers('openai-chat'))('callers of chat completions at a provider of %s', (provider) => {
  test('declare a custom tool and get its call as text', async () => {
    const script = UPSTREAMS[provider].blocking(PATCH);
    const { sent, text, losses } = await callOnce({ caller: 'openai-chat', provider, script, body: CHAT });
    expect(sent?.body).toContain('"patch"');
    expect(losses).toBe('');
    expect(JSON.parse(text)).toMatchObject({
      choices: [{ finish_reason: 'tool_calls', message: { tool_calls: [{ type: 'custom', custom: { name: 'patch', input: TEXT } }] } }],
    });
  });

  test('see it streamed', async () => {
    const script = UPSTREAMS[provider].stream(PATCH);
    const { text } = await callOnce({ caller: 'openai-chat', provider, script, body: CHAT, stream: true });
    expect(text).toContain('"type":"custom","custom":{"name":"patch","input":""}');
    const pieces = [...text.matchAll(/"custom":\{"input":("(?:[^"\\]|\\.)*")\}/g)].map(([, piece]) => JSON.parse(piece ?? '""') as string);
    expect(pieces.join('')).toBe(TEXT);
  });
});

describe.each(providers('openai-responses'))('callers of responses at a provider of %s', (provider) => {
  const call = { type: 'custom_tool_call', name: 'patch', input: TEXT };

  test('declare a custom tool and get its call as text', async () => {
    const script = UPSTREAMS[provider].blocking(PATCH);
    const { text, losses } = await callOnce({ caller: 'openai-responses', provider, script, body: RESPONSES });
    expect(losses).toBe('');
    const { output } = JSON.parse(text) as { readonly output: readonly object[] };
    expect(output.at(-1)).toMatchObject(call);
  });

  test('see it streamed', async () => {
    const script = UPSTREAMS[provider].stream(PATCH);
    const { text } = await callOnce({ caller: 'openai-responses', provider, script, body: RESPONSES, stream: true });
    expect(text).toContain('event: response.custom_tool_call_input.delta');
    const last = text.split('data: ').at(-1) ?? '{}';
    const { response } = JSON.parse(last) as { readonly response: { readonly output: readonly object[] } };
    expect(response.output.at(-1)).toMatchObject(call);
  });
});
