import { describe, expect, test } from '@jest/globals';
import type { ChatCall } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { decodeCall } from './decode-call.ts';

function decode(body: JsonObject): ChatCall {
  const decoded = decodeCall({ model: 'm', ...body });
  if (decoded.type === 'invalid') throw new Error(decoded.message);
  return decoded.value;
}

const user = (...parts: JsonObject[]): JsonObject => ({ role: 'user', parts });
const model = (...parts: JsonObject[]): JsonObject => ({ role: 'model', parts });
const call = (name: string, id?: string): JsonObject => ({ functionCall: { name, args: {}, ...(id !== undefined && { id }) } });
const result = (name: string, output: string, id?: string): JsonObject => ({
  functionResponse: { name, response: { output }, ...(id !== undefined && { id }) },
});

describe('ids of calls in the history', () => {
  const idsOf = (contents: readonly JsonObject[]): string[] =>
    decode({ contents }).messages.flatMap((message) => {
      if (message.role === 'tool')
        return [`${message.toolCallId} -> ${message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')}`];
      return message.parts.flatMap((part) => (part.type === 'tool-call' ? [`${part.id} ${part.name}`] : []));
    });

  test('calls without an id get one from their position, and results find them by name, in order', () => {
    expect(
      idsOf([user({ text: 'x' }), model(call('a'), call('b'), call('a')), user(result('b', '2'), result('a', '1'), result('a', '3'))]),
    ).toEqual(['call_0 a', 'call_1 b', 'call_2 a', 'call_1 -> 2', 'call_0 -> 1', 'call_2 -> 3']);
  });

  test('a longer history keeps the ids of the shorter one', () => {
    const turn = [user({ text: 'x' }), model(call('a')), user(result('a', '1'))];
    expect(idsOf([...turn, model(call('a')), user(result('a', '2'))]).slice(0, 2)).toEqual(idsOf(turn));
  });

  test('ids that only the results have are those of the calls of their names', () => {
    expect(
      idsOf([model(call('a'), call('b'), call('a')), user(result('a', '1', 'a-1'), result('b', '2', 'b-2'), result('a', '3', 'a-3'))]),
    ).toEqual(idsOf([model(call('a'), call('b'), call('a')), user(result('a', '1'), result('b', '2'), result('a', '3'))]));
  });

  test('ids that are given stay, also when only one side has them', () => {
    expect(idsOf([model(call('a', 'x1'), call('a', 'x2')), user(result('a', '2', 'x2'), result('a', '1'))])).toEqual([
      'x1 a',
      'x2 a',
      'x2 -> 2',
      'x1 -> 1',
    ]);
  });

  test('a result without a call still is one', () => {
    expect(idsOf([user(result('a', '1'))])).toEqual(['call_0 -> 1']);
  });
});

describe('pieces of a streamed answer, as the SDKs send them back', () => {
  test('model contents in a row are one turn, and their texts one text', () => {
    const { messages } = decode({
      contents: [user({ text: 'x' }), model({ text: 'Hel' }), model({ text: 'lo' }, call('a')), user(result('a', '1'))],
    });
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
    expect(messages[1]?.parts).toMatchObject([
      { type: 'text', text: 'Hello' },
      { type: 'tool-call', name: 'a' },
    ]);
  });

  test('thoughts are whole again up to their signature', () => {
    const thought = (text: string, thoughtSignature?: string): JsonObject => ({
      text,
      thought: true,
      ...(thoughtSignature && { thoughtSignature }),
    });
    const { messages } = decode({
      contents: [model(thought('One ')), model(thought('two.')), model(thought('', 'sig')), model(thought('Next'))],
    });
    expect(messages[0]?.parts).toEqual([
      { type: 'reasoning', text: 'One two.', signature: 'gemini:{"thoughtSignature":"sig"}' },
      { type: 'reasoning', text: 'Next' },
    ]);
  });
});

describe('results of functions', () => {
  test.each<[JsonObject | string, string, boolean]>([
    [{ output: 'text' }, 'text', false],
    [{ error: 'broken' }, 'broken', true],
    [{ output: { a: 1 } }, '{"output":{"a":1}}', false],
    [{ result: 'text' }, '{"result":"text"}', false],
    [{ output: 'a', more: 'b' }, '{"output":"a","more":"b"}', false],
    [{}, '{}', false],
    ['bare', 'bare', false],
  ])('%j is %s, failed: %s', (response, text, isError) => {
    const [message] = decode({ contents: [user({ functionResponse: { name: 'a', response } })] }).messages;
    expect(message).toMatchObject({ role: 'tool', parts: [{ type: 'text', text }] });
    expect(message?.role === 'tool' && message.isError === true).toBe(isError);
  });
});

describe('what is wrong is told with its place', () => {
  test.each<[JsonObject, string]>([
    [{}, 'contents'],
    [{ contents: [] }, 'contents'],
    [{ contents: ['Hi'] }, 'contents[0]'],
    [{ contents: [{ role: 'assistant', parts: [] }] }, 'contents[0].role'],
    [{ contents: [user({ text: 1 })] }, 'contents[0].parts[0].text'],
    [{ contents: [user({ inlineData: { data: 'x' } })] }, 'contents[0].parts[0].inlineData.mimeType'],
    [{ contents: [user({ text: 'x' })], generation_config: { max_output_tokens: 'many' } }, 'generationConfig.maxOutputTokens'],
    [{ contents: [user({ text: 'x' })], tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
    [{ contents: [model({ functionCall: {} })] }, 'contents[0].parts[0].functionCall.name'],
  ])('%j: %s', (body, param) => {
    expect(decodeCall({ model: 'm', ...body })).toMatchObject({ type: 'invalid', param });
  });

  test('a body without a model says so', () => {
    expect(decodeCall({ contents: [user({ text: 'x' })] })).toMatchObject({ type: 'invalid', param: 'model' });
  });
});
