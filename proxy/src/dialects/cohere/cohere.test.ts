import { describe, expect, test } from '@jest/globals';
import type { ChatCall, ToolChoice } from '../../wire/chat-call.ts';
import { foldAnswer } from '../fold-answer.ts';
import { cohere } from './cohere.ts';

function encode(changes: Partial<ChatCall>) {
  const call: ChatCall = {
    model: 'asked',
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }], at: 'messages[0]' }],
    tools: [],
    sampling: {},
    stop: [],
    stream: false,
    includeUsage: false,
    rest: {},
    dialect: 'openai-chat',
    ...changes,
  };
  return cohere.encodeCall(call, { model: 'command-a', quirks: {} });
}

describe('calls', () => {
  test.each<[ToolChoice, string | undefined, readonly string[], number]>([
    [{ type: 'auto' }, undefined, ['go', 'stay'], 0],
    [{ type: 'none' }, 'NONE', ['go', 'stay'], 0],
    [{ type: 'required' }, 'REQUIRED', ['go', 'stay'], 0],
    [{ type: 'tool', name: 'go' }, 'REQUIRED', ['go'], 1],
    [{ type: 'allowed', names: ['stay'], mode: 'auto' }, undefined, ['stay'], 1],
  ])('tool choice %j: %s of %j', (toolChoice, word, offered, losses) => {
    const encoded = encode({ toolChoice, tools: [{ name: 'go' }, { name: 'stay' }] });
    expect(encoded.body['tool_choice']).toBe(word);
    expect((encoded.body['tools'] as { function: { name: string } }[]).map((tool) => tool.function.name)).toEqual(offered);
    expect(encoded.losses).toHaveLength(losses);
  });

  test('Cohere is strict with all tools or with none', () => {
    const all = encode({ tools: [{ name: 'go', strict: true }] });
    expect([all.body['strict_tools'], all.losses]).toEqual([true, []]);
    const some = encode({ tools: [{ name: 'go', strict: true }, { name: 'stay' }] });
    expect(some.body).not.toHaveProperty('strict_tools');
    expect(some.losses.map(({ field }) => field)).toEqual(['tools[0].strict']);
  });

  test('settings outside what Cohere takes are sent as the nearest, and named', () => {
    const { body, losses } = encode({
      sampling: { topP: 1, frequencyPenalty: -1, presencePenalty: 0.5, topK: 3 },
      stop: ['1', '2', '3', '4', '5', '6'],
    });
    expect(body).toMatchObject({ p: 0.99, frequency_penalty: 0, presence_penalty: 0.5, k: 3, stop_sequences: ['1', '2', '3', '4', '5'] });
    expect(losses.map(({ field }) => field).sort()).toEqual(['frequency_penalty', 'stop', 'top_p']);
  });

  test('a schema goes with JSON answers, not together with tools', () => {
    const responseFormat = { type: 'json-schema' as const, name: 'x', schema: { type: 'object' } };
    expect(encode({ responseFormat }).body['response_format']).toEqual({ type: 'json_object', json_schema: { type: 'object' } });
    const both = encode({ responseFormat, tools: [{ name: 'go' }] });
    expect(both.body).not.toHaveProperty('response_format');
    expect(both.losses.map(({ field }) => field)).toEqual(['response_format']);
  });

  test('every instruction stays where it is', () => {
    const text = (value: string) => [{ type: 'text' as const, text: value }];
    const { body, losses } = encode({
      messages: [
        { role: 'system', parts: text('A') },
        { role: 'developer', parts: text('B') },
        { role: 'user', parts: text('Hi') },
        { role: 'system', parts: text('C') },
      ],
    });
    expect(body['messages']).toEqual([
      { role: 'system', content: 'A' },
      { role: 'system', content: 'B' },
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'C' },
    ]);
    expect(losses).toEqual([]);
  });
});

describe('answers', () => {
  test('tokens are told as the model has counted them, what is billed for the cost', () => {
    const usage = {
      tokens: { input_tokens: 100, output_tokens: 7 },
      billed_units: { input_tokens: 8, output_tokens: 7 },
      cached_tokens: 60,
    };
    const decoded = cohere.decodeAnswer({
      id: 'x',
      message: { content: [{ type: 'text', text: 'Hi' }] },
      finish_reason: 'COMPLETE',
      usage,
    });
    expect(decoded.type === 'ok' && foldAnswer(decoded.value).usage).toEqual({
      inputTokens: 40,
      cacheReadTokens: 60,
      cacheWriteTokens: 0,
      outputTokens: 7,
      reasoningTokens: 0,
      billed: { inputTokens: 8, outputTokens: 7 },
      raw: usage,
    });
  });

  test.each(['ERROR', 'TIMEOUT'])('finish reason %s is an error, so that another target may answer', (finish_reason) => {
    expect(cohere.decodeAnswer({ message: { content: [] }, finish_reason }).type).toBe('invalid');
    const decoder = cohere.streamDecoder();
    expect(decoder.push({ event: '', data: JSON.stringify({ type: 'message-end', delta: { finish_reason } }) })).toMatchObject([
      { type: 'error' },
    ]);
    expect(decoder.ended).toBe(false);
  });

  test('status 498 is a deny list here, not a full house', () => {
    const decode = (status: number) => cohere.decodeError(status, () => undefined, '{"message":"no","id":"x"}', 0);
    expect(decode(498)).toMatchObject({ reason: 'content-filter', message: 'no' });
    expect(decode(429)).toMatchObject({ reason: 'rate-limited' });
  });
});
