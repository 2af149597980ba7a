import { describe, expect, test } from '@jest/globals';
import type { ChatCall } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { openaiChat } from '../openai-chat/openai-chat.ts';
import { openaiCompletions } from './openai-completions.ts';

const CONTEXT = { requestId: 'request-1', model: 'assistant', nowSeconds: 5, includeUsage: true };
const CALL = { model: 'upstream-model', quirks: {} };

function decoded(body: JsonObject): ChatCall {
  const call = openaiCompletions.decodeCall({ model: 'assistant', ...body });
  if (call.type === 'invalid') throw new Error(call.message);
  return call.value;
}

function chat(body: JsonObject): ChatCall {
  const call = openaiChat.decodeCall({ model: 'assistant', ...body });
  if (call.type === 'invalid') throw new Error(call.message);
  return call.value;
}

describe('calls', () => {
  test('a prompt becomes a user message, settings keep their meaning', () => {
    const body = { prompt: ['once'], max_tokens: 5, temperature: 0.5, stop: ['a', ''], seed: 1, n: 2, user: 'u', best_of: 1, stream: true };
    const { body: sent, losses } = openaiChat.encodeCall(decoded(body), CALL);
    expect(sent).toEqual({
      model: 'upstream-model',
      messages: [{ role: 'user', content: 'once' }],
      max_tokens: 5,
      temperature: 0.5,
      stop: ['a'],
      seed: 1,
      n: 2,
      user: 'u',
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(losses).toEqual([]);
  });

  test('what a chat has no place for is named', () => {
    const { losses } = openaiChat.encodeCall(decoded({ prompt: 'x', echo: true, logprobs: 3, best_of: 4 }), CALL);
    expect(losses.map(({ field }) => field).sort()).toEqual(['best_of', 'echo', 'logprobs']);
  });

  test.each([{}, { prompt: ['a', 'b'] }, { prompt: [1, 2] }, { prompt: 'a', suffix: 'b' }, { prompt: 'a', max_tokens: 'x' }])(
    '%j cannot be a chat',
    (body) => {
      expect(openaiCompletions.decodeCall({ model: 'm', ...body }).type).toBe('invalid');
    },
  );

  test('the way back: a call that came as a completion goes out as the same one', () => {
    const body = { prompt: 'once', max_tokens: 5, temperature: 0.5, stop: ['a'], seed: 1, user: 'u' };
    expect(openaiCompletions.encodeCall(decoded(body), CALL)).toEqual({ body: { model: 'upstream-model', ...body }, losses: [] });
  });

  test('a conversation becomes a transcript; tools are refused and pictures named', () => {
    const picture = { type: 'image_url', image_url: { url: 'https://x/y.png' } };
    const call = chat({
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: [{ type: 'text', text: 'u' }, picture] },
        { role: 'assistant', content: 'a' },
        { role: 'user', content: 'v' },
      ],
      tools: [{ type: 'function', function: { name: 'f' } }],
      response_format: { type: 'json_object' },
    });
    const { body, losses } = openaiCompletions.encodeCall(call, CALL);
    expect(body['prompt']).toBe('System: s\n\nUser: u\n\nAssistant: a\n\nUser: v\n\nAssistant:');
    expect(losses.find(({ fatal }) => fatal === true)?.field).toBe('tools');
    expect(losses.map(({ field }) => field)).toEqual(expect.arrayContaining(['response_format', 'messages[1].content[1]']));
  });
});

describe('answers', () => {
  const events: readonly StreamEvent[] = [
    { type: 'message-start', id: 'cmpl-1', model: 'm', createdSeconds: 1 },
    { type: 'reasoning-delta', text: 'hm' },
    { type: 'text-delta', text: 'he' },
    { type: 'text-delta', text: 'llo' },
    { type: 'finish', reason: { unified: 'length', raw: 'length' } },
    { type: 'usage', usage: { inputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 2, reasoningTokens: 0 } },
  ];

  test('whole: text, reason and usage come back as they went out', () => {
    const answer = openaiCompletions.encodeAnswer(events, CONTEXT);
    expect(answer).toMatchObject({ object: 'text_completion', choices: [{ text: 'hello', index: 0, finish_reason: 'length' }] });
    expect(openaiCompletions.observeAnswer(answer)).toMatchObject({
      type: 'answer',
      finish: { unified: 'length' },
      usage: { inputTokens: 3, outputTokens: 2 },
    });
    const again = openaiCompletions.decodeAnswer(answer);
    expect(again.type === 'ok' && openaiCompletions.encodeAnswer(again.value, CONTEXT)).toEqual(answer);
  });

  test('streamed: the observer and the decoder see what the encoder has said', () => {
    const encoder = openaiCompletions.streamEncoder(CONTEXT);
    const text = events.map((event) => encoder.push(event)).join('') + encoder.end();
    const data = text.split('\n\n').filter((line) => line !== '');
    expect(data.at(-1)).toBe('data: [DONE]');
    const observer = openaiCompletions.streamObserver();
    const decoder = openaiCompletions.streamDecoder();
    const seen = data.map((line) => observer.push({ event: '', data: line.slice(6) }));
    expect(seen.map(({ content }) => content)).toEqual([true, true, false, false, false]);
    expect(seen.find(({ usage }) => usage !== undefined)).toMatchObject({ usageOnly: true, usage: { inputTokens: 3 } });
    const back = data.flatMap((line) => decoder.push({ event: '', data: line.slice(6) }));
    expect(back.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))).toEqual(['he', 'llo']);
    expect([observer.ended, decoder.ended]).toEqual([true, true]);
  });

  test.each([{}, { choices: [] }, { choices: [{ message: { content: 'x' } }] }, { error: { message: 'no' } }])(
    '%j is no answer',
    (body) => {
      expect(openaiCompletions.decodeAnswer(body).type).toBe('invalid');
      expect(openaiCompletions.observeAnswer(body).type).toBe('invalid');
    },
  );

  test('errors and junk in a stream are told', () => {
    const decoder = openaiCompletions.streamDecoder();
    expect(decoder.push({ event: '', data: '{"error":{"message":"no"}}' })).toMatchObject([{ type: 'error', error: { message: 'no' } }]);
    expect(decoder.push({ event: '', data: 'junk' })).toMatchObject([{ type: 'error' }]);
    expect(decoder.ended).toBe(false);
  });
});
