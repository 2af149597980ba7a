import { describe, expect, test } from '@jest/globals';
import type { ChatCall } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { foldAnswer } from '../fold-answer.ts';
import { ollama } from './ollama.ts';

function encode(changes: Partial<ChatCall>, model = 'llama3') {
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
  return ollama.encodeCall(call, { model, quirks: {} });
}

describe('calls', () => {
  test('streaming is said either way, since Ollama streams by default', () => {
    expect(encode({}).body['stream']).toBe(false);
    expect(encode({ stream: true }).body['stream']).toBe(true);
  });

  test('a schema is the format, and settings are options', () => {
    const schema = { type: 'object', properties: { a: { $ref: '#/$defs/a' } } };
    const { body } = encode({
      responseFormat: { type: 'json-schema', name: 'x', schema },
      maxOutputTokens: 5,
      sampling: { topK: 3 },
      stop: ['a'],
    });
    expect(body).toMatchObject({ format: schema, options: { num_predict: 5, top_k: 3, stop: ['a'] } });
    expect(encode({ responseFormat: { type: 'json-object' } }).body['format']).toBe('json');
  });

  test('tools that must not be called are not offered; a choice that Ollama has not is named', () => {
    const tools = [{ name: 'go' }];
    expect(encode({ tools, toolChoice: { type: 'none' } })).toEqual({
      body: expect.not.objectContaining({ tools: expect.anything() }),
      losses: [expect.objectContaining({ field: 'tool_choice' })],
    });
    expect(encode({ tools, toolChoice: { type: 'required' } }).losses.map(({ field }) => field)).toEqual(['tool_choice']);
  });

  test.each<[ChatCall['reasoning'], string, boolean | string]>([
    [{ effort: 'none' }, 'qwen3', false],
    [{ effort: 'high' }, 'qwen3', true],
    [{ budgetTokens: 100 }, 'qwen3', true],
    [{ effort: 'medium' }, 'gpt-oss:20b', 'medium'],
    [{ effort: 'max' }, 'gpt-oss:20b', 'high'],
    [{ effort: 'none' }, 'gpt-oss:20b', 'low'],
    [{ adaptive: true }, 'gpt-oss:20b', true],
  ])('%j for %s: think %j', (reasoning, model, think) => {
    expect(encode({ ...(reasoning && { reasoning }) }, model).body['think']).toBe(think);
  });

  test('pictures go in base64, text documents as text, addresses are named', () => {
    const { body, losses } = encode({
      messages: [
        {
          role: 'user',
          at: 'messages[0]',
          parts: [
            { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AA==' } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
            { type: 'file', source: { type: 'base64', mediaType: 'text/plain', data: 'SGk=' } },
          ],
        },
      ],
    });
    expect(body['messages']).toEqual([{ role: 'user', content: 'Hi', images: ['AA=='] }]);
    expect(losses).toEqual([{ field: 'messages[0].content[1]', reason: expect.any(String) }]);
  });
});

describe('answers', () => {
  const line = (message: JsonObject, more: JsonObject = {}): JsonObject => ({
    model: 'm',
    created_at: '2026-11-20T10:00:00Z',
    message,
    ...more,
  });

  test('calls without an id get one, and their arguments are text', () => {
    const decoded = ollama.decodeAnswer(line({ content: '', tool_calls: [{ function: { name: 'go', arguments: { a: 1 } } }] }));
    const [choice] = decoded.type === 'ok' ? foldAnswer(decoded.value).choices : [];
    expect(choice?.parts).toEqual([{ type: 'tool-call', id: 'call_20261120100000_0', name: 'go', argumentsJson: '{"a":1}' }]);
    expect(choice?.finish?.unified).toBe('tool-calls');
  });

  test('a prompt that was still in memory counts as nothing read', () => {
    const decoded = ollama.decodeAnswer(line({ content: 'Hi' }, { eval_count: 3, total_duration: 9 }));
    const usage = decoded.type === 'ok' ? foldAnswer(decoded.value).usage : undefined;
    expect(usage).toMatchObject({ inputTokens: 0, outputTokens: 3, raw: { eval_count: 3, total_duration: 9 } });
  });

  test('an error in a line is an error, and no end', () => {
    const decoder = ollama.streamDecoder();
    decoder.push({ event: '', data: JSON.stringify(line({ content: 'Hi' }, { done: false })) });
    expect(decoder.push({ event: '', data: '{"error":"out of memory"}' })).toEqual([
      { type: 'error', error: { message: 'out of memory' } },
    ]);
    expect(decoder.ended).toBe(false);
  });
});
