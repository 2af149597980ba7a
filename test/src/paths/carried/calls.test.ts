import type { DialectId } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { TEXT } from '../clients/canonical-answer.ts';
import { type ScriptedDialectId, UPSTREAMS } from '../clients/upstreams/upstreams.ts';
import { callOnce, type OneAnswer } from './one-call.ts';

/** What gateways are known to lose on the way there, one promise each, over the wire. */

const PROVIDERS = Object.keys(UPSTREAMS) as readonly ScriptedDialectId[];

function ask(caller: DialectId, provider: ScriptedDialectId, body: object): Promise<OneAnswer> {
  return callOnce({ caller, provider, script: UPSTREAMS[provider].blocking(TEXT), body });
}

/** Where `words` stand in the request, in the order of their places. */
function order({ sent }: OneAnswer, words: readonly string[]): readonly string[] {
  const body = sent?.body ?? '';
  return words.filter((word) => body.includes(word)).sort((left, right) => body.indexOf(left) - body.indexOf(right));
}

/** True when some value in the request equals `wanted`. */
function holds(value: unknown, wanted: object): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (JSON.stringify(value) === JSON.stringify(wanted)) return true;
  return Object.values(value).some((inner) => holds(inner, wanted));
}

const SCHEMA = {
  type: 'object',
  $defs: {
    city: { type: 'object', properties: { name: { type: 'string', minLength: 1 } }, required: ['name'], additionalProperties: false },
  },
  properties: {
    from: { $ref: '#/$defs/city' },
    to: { anyOf: [{ $ref: '#/$defs/city' }, { type: 'null' }], description: 'Where to' },
    unit: { type: ['string', 'null'], enum: ['km', 'mi', null] },
    limit: { type: 'integer', exclusiveMinimum: 0, maximum: 9, default: 3 },
  },
  required: ['from'],
};
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe.each(PROVIDERS)('a call of chat completions at a provider of %s', (provider) => {
  test('keeps every system and developer message, first, last and in between', async () => {
    const messages = [
      { role: 'system', content: 'First rule.' },
      { role: 'developer', content: 'Second rule.' },
      { role: 'user', content: 'Question.' },
      { role: 'assistant', content: 'Answer.' },
      { role: 'system', content: 'Third rule.' },
      { role: 'user', content: 'Another question.' },
    ];
    const answer = await ask('openai-chat', provider, { messages });
    const words = ['First rule.', 'Second rule.', 'Third rule.', 'Question.', 'Answer.', 'Another question.'];
    expect(words.filter((word) => answer.sent?.body.includes(word) !== true)).toEqual([]);
    expect(order(answer, words.slice(0, 3))).toEqual(words.slice(0, 3));
    expect(order(answer, words.slice(3))).toEqual(words.slice(3));
  });

  test('keeps tools without description or parameters', async () => {
    const tools = ['ping', 'pong'].map((name) => ({ type: 'function', function: { name } }));
    const answer = await ask('openai-chat', provider, { messages: [{ role: 'user', content: 'hi' }], tools });
    expect(answer.status).toBe(200);
    expect(order(answer, ['"ping"', '"pong"'])).toEqual(['"ping"', '"pong"']);
  });

  test('keeps the schema of a tool as it is, references, unions, enums and nulls included', async () => {
    const tools = [{ type: 'function', function: { name: 'travel', description: 'Travel', parameters: SCHEMA } }];
    const answer = await ask('openai-chat', provider, { messages: [{ role: 'user', content: 'hi' }], tools });
    expect(holds(answer.sent?.json, SCHEMA)).toBe(true);
  });

  test('keeps results of parallel calls apart and in order, next to empty content', async () => {
    const ids = ['call_c', 'call_a', 'call_b'];
    const messages = [
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        content: '',
        tool_calls: ids.map((id, i) => ({ id, type: 'function', function: { name: 'look', arguments: `{"at":"place ${i}"}` } })),
      },
      ...ids.map((id, i) => ({ role: 'tool', tool_call_id: id, content: `result ${i}` })),
    ];
    const tools = [
      { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: { at: { type: 'string' } } } } },
    ];
    const answer = await ask('openai-chat', provider, { messages, tools });
    expect(answer.status).toBe(200);
    const words = [0, 1, 2].flatMap((i) => [`place ${i}`]).concat([0, 1, 2].map((i) => `result ${i}`));
    expect(order(answer, words)).toEqual(words);
    if (provider !== 'openai-chat') expect(answer.sent?.body).not.toMatch(/"text":""/);
    expect(answer.losses).toBe('');
  });

  test.each([null, '', []])('takes %j as the content next to calls', async (content) => {
    const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '' } };
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: 'seen' },
    ];
    const answer = await ask('openai-chat', provider, { messages, tools: [{ type: 'function', function: { name: 'look' } }] });
    expect([answer.status, order(answer, ['look', 'seen'])]).toEqual([200, ['look', 'seen']]);
  });

  test('keeps an image, or names it where the provider cannot see it', async () => {
    for (const [url, trace] of [
      [`data:image/png;base64,${PIXEL}`, PIXEL],
      ['https://example.test/cat.png', 'https://example.test/cat.png'],
    ] as const) {
      const content = [
        { type: 'text', text: 'What is it?' },
        { type: 'image_url', image_url: { url } },
      ];
      const answer = await ask('openai-chat', provider, { messages: [{ role: 'user', content }] });
      if (answer.sent?.body.includes(trace) !== true) expect(answer.losses).toContain('messages[0].content[1]');
    }
  });

  test('keeps a file named by its id, or names it as lost', async () => {
    const content = [
      { type: 'text', text: 'Read it.' },
      { type: 'file', file: { file_id: 'file-abc123' } },
    ];
    const answer = await ask('openai-chat', provider, { messages: [{ role: 'user', content }] });
    if (answer.sent?.body.includes('file-abc123') !== true) expect(answer.losses).toContain('messages[0].content[1]');
  });
});

test.each([
  { 'ünï\r\nx-evil: 1': 1 },
  { 你好: { a: 1 } },
  Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`unknown_field_${i}`, 1])),
])('fields whose names fit into no header do not cost the answer (%#)', async (extra) => {
  const answer = await ask('openai-chat', 'anthropic-messages', { messages: [{ role: 'user', content: 'hi' }], ...extra });
  expect([answer.status, answer.seen.text]).toEqual([200, TEXT.text.join('')]);
  expect(answer.losses).toMatch(/^[!-~ ]{1,2100}$/);
});

describe.each(PROVIDERS)("a call of Anthropic's messages at a provider of %s", (provider) => {
  test('keeps an image named by its id, or names it as lost', async () => {
    const content = [
      { type: 'image', source: { type: 'file', file_id: 'file_abc123' } },
      { type: 'text', text: 'What is it?' },
    ];
    const answer = await ask('anthropic-messages', provider, { max_tokens: 100, messages: [{ role: 'user', content }] });
    if (answer.sent?.body.includes('file_abc123') !== true) expect(answer.losses).toContain('messages[0].content[0]');
  });

  test('keeps blocks of instructions, results in order, and the text behind them', async () => {
    const uses = ['toolu_2', 'toolu_1'].map((id, i) => ({ type: 'tool_use', id, name: 'look', input: { at: `place ${i}` } }));
    const results = uses.map(({ id }, i) => ({ type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text: `result ${i}` }] }));
    const answer = await ask('anthropic-messages', provider, {
      max_tokens: 100,
      system: [
        { type: 'text', text: 'First rule.' },
        { type: 'text', text: 'Second rule.', cache_control: { type: 'ephemeral' } },
      ],
      tools: [{ name: 'look', input_schema: SCHEMA }],
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: uses },
        { role: 'user', content: [...results, { type: 'text', text: 'And now?' }] },
      ],
    });
    expect(order(answer, ['First rule.', 'Second rule.'])).toEqual(['First rule.', 'Second rule.']);
    const words = ['place 0', 'place 1', 'result 0', 'result 1', 'And now?'];
    expect(order(answer, words)).toEqual(words);
    expect(holds(answer.sent?.json, SCHEMA)).toBe(true);
  });
});

describe.each(PROVIDERS)('a call of Gemini at a provider of %s', (provider) => {
  test('keeps a file by its address, or names it as lost', async () => {
    const parts = [{ text: 'What is it?' }, { fileData: { mimeType: 'image/png', fileUri: 'https://example.test/files/abc123' } }];
    const answer = await ask('gemini', provider, { contents: [{ role: 'user', parts }] });
    if (answer.sent?.body.includes('files/abc123') !== true) expect(answer.losses).toContain('contents[0].parts[1]');
  });

  test('keeps results of parallel calls without ids in order', async () => {
    const calls = [0, 1].map((i) => ({ functionCall: { name: 'look', args: { at: `place ${i}` } } }));
    const results = [0, 1].map((i) => ({ functionResponse: { name: 'look', response: { output: `result ${i}` } } }));
    const answer = await ask('gemini', provider, {
      contents: [
        { role: 'user', parts: [{ text: 'hi' }] },
        { role: 'model', parts: calls },
        { role: 'user', parts: results },
      ],
      tools: [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: SCHEMA }] }],
    });
    const words = ['place 0', 'place 1', 'result 0', 'result 1'];
    expect(order(answer, words)).toEqual(words);
    expect(holds(answer.sent?.json, SCHEMA)).toBe(true);
  });
});
