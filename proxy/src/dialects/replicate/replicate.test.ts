import { describe, expect, test } from '@jest/globals';
import type { ChatCall, ChatMessage } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { replicate } from './replicate.ts';

const MODEL = 'meta/meta-llama-3-70b-instruct';

function encode(call: Partial<ChatCall>, model = MODEL): ReturnType<typeof replicate.encodeCall> {
  const whole: ChatCall = {
    model: 'm',
    messages: [],
    tools: [],
    sampling: {},
    stop: [],
    stream: false,
    includeUsage: false,
    rest: {},
    ...call,
  };
  return replicate.encodeCall(whole, { model, quirks: {} });
}

const said = (role: 'system' | 'user' | 'assistant', text: string): ChatMessage => ({ role, parts: [{ type: 'text', text }] });

describe('calls', () => {
  test('a lone turn is the prompt as it is, instructions are the system prompt', () => {
    const { body, losses } = encode({
      messages: [said('system', 'Be brief.'), said('user', 'Hi')],
      maxOutputTokens: 100,
      sampling: { temperature: 0.2, topP: 0.9, topK: 5 },
      stop: ['END', 'a,b'],
    });
    expect(body).toEqual({
      input: { prompt: 'Hi', system_prompt: 'Be brief.', max_tokens: 100, temperature: 0.2, top_p: 0.9, top_k: 5, stop_sequences: 'END' },
    });
    expect(losses.map(({ field }) => field)).toEqual(['stop']);
  });

  test('a conversation is one text that says who spoke, which is named', () => {
    const { body, losses } = encode({ messages: [said('user', 'Hi'), said('assistant', 'Hello.'), said('user', 'Bye')] });
    expect(body).toEqual({ input: { prompt: 'User: Hi\n\nAssistant: Hello.\n\nUser: Bye' } });
    expect(losses).toEqual([{ field: 'messages', reason: expect.any(String) }]);
  });

  test('tools, and results of tools, refuse the call whatever the policy says', () => {
    const offered = encode({ messages: [said('user', 'Hi')], tools: [{ name: 'f' }] });
    expect(offered.losses).toEqual([{ field: 'tools', reason: expect.any(String), fatal: true }]);
    const answered = encode({ messages: [said('user', 'Hi'), { role: 'tool', toolCallId: 'c', parts: [], at: 'messages[1]' }] });
    expect(answered.losses).toEqual([{ field: 'messages[1]', reason: expect.any(String), fatal: true }]);
  });

  test('a model is named by the path, a version by the body', () => {
    expect(replicate.upstreamPath?.(MODEL, true)).toBe(`/models/${MODEL}/predictions`);
    expect(replicate.upstreamPath?.(`${MODEL}:abc`, false)).toBe('/predictions');
    expect(encode({ messages: [said('user', 'Hi')] }, `${MODEL}:abc`).body).toEqual({ version: `${MODEL}:abc`, input: { prompt: 'Hi' } });
    expect(encode({ messages: [said('user', 'Hi')], maxOutputTokens: 7 }, 'openai/gpt-x').body).toEqual({
      input: { prompt: 'Hi', max_completion_tokens: 7 },
    });
  });
});

describe('predictions without an answer', () => {
  test.each<[string, JsonObject, number | undefined]>([
    ['still running', { id: 'p', status: 'processing', output: null }, 504],
    ['not begun', { id: 'p', status: 'starting' }, 504],
    ['given up while it ran', { id: 'p', status: 'canceled', output: ['a'] }, 504],
    ['failed', { id: 'p', status: 'failed', error: 'Prompt length exceeds maximum input length' }, undefined],
  ])('%s: a failure that another target may mask', (_, body, status) => {
    expect(replicate.decodeAnswer(body).type).toBe('invalid');
    const seen = replicate.observeAnswer(body);
    expect(seen.type === 'invalid' && seen.error?.status).toBe(status);
  });

  test('errors are told in `detail`, with the time to wait', () => {
    const body = JSON.stringify({ title: 'Throttled', detail: 'Request was throttled. Your rate limit resets in ~30s.', status: 429 });
    expect(replicate.decodeError(429, () => undefined, body)).toMatchObject({
      reason: 'rate-limited',
      message: 'Request was throttled. Your rate limit resets in ~30s.',
      retryAfterMs: 30_000,
    });
  });
});
