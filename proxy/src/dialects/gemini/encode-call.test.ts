import { describe, expect, test } from '@jest/globals';
import type { ChatCall, ChatMessage, Loss, ReasoningSettings } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { encodeCall } from './encode-call.ts';

const GEMINI_2 = 'gemini-2.5-flash';
const GEMINI_2_PRO = 'gemini-2.5-pro';
const GEMINI_3 = 'gemini-3-flash-preview';
const GEMINI_3_PRO = 'gemini-3.1-pro';

function encode(changes: Partial<ChatCall>, model = GEMINI_3): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
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
  return encodeCall(call, { model, quirks: {} });
}

describe('thinking: a level for Gemini 3, a budget before, never both', () => {
  test.each<[ReasoningSettings, string, JsonObject, number]>([
    [{ effort: 'low' }, GEMINI_3, { includeThoughts: true, thinkingLevel: 'LOW' }, 0],
    [{ effort: 'minimal' }, GEMINI_3, { includeThoughts: true, thinkingLevel: 'MINIMAL' }, 0],
    [{ effort: 'minimal' }, GEMINI_3_PRO, { includeThoughts: true, thinkingLevel: 'LOW' }, 0],
    [{ effort: 'max' }, GEMINI_3, { includeThoughts: true, thinkingLevel: 'HIGH' }, 1],
    [{ effort: 'none' }, GEMINI_3, { thinkingLevel: 'MINIMAL' }, 1],
    [{ budgetTokens: 2000 }, GEMINI_3, { includeThoughts: true, thinkingBudget: 2000 }, 0],
    [{ effort: 'high', budgetTokens: 2000 }, GEMINI_3, { includeThoughts: true, thinkingLevel: 'HIGH' }, 0],
    [{ effort: 'medium' }, GEMINI_2, { includeThoughts: true, thinkingBudget: 8192 }, 0],
    [{ effort: 'high', budgetTokens: 2000 }, GEMINI_2, { includeThoughts: true, thinkingBudget: 2000 }, 0],
    [{ effort: 'none' }, GEMINI_2, { thinkingBudget: 0 }, 0],
    [{ effort: 'none' }, GEMINI_2_PRO, { thinkingBudget: 128 }, 1],
    [{ budgetTokens: 60_000 }, GEMINI_2, { includeThoughts: true, thinkingBudget: 24_576 }, 1],
    [{ budgetTokens: 60_000 }, GEMINI_2_PRO, { includeThoughts: true, thinkingBudget: 32_768 }, 1],
    [{ adaptive: true }, GEMINI_2, { includeThoughts: true }, 0],
    [{ effort: 'low' }, 'gemini-flash-latest', { includeThoughts: true, thinkingBudget: 1024 }, 0],
  ])('%j for %s: %j', (reasoning, model, thinkingConfig, losses) => {
    const encoded = encode({ reasoning }, model);
    expect(encoded.body['generationConfig']).toEqual({ thinkingConfig });
    expect(encoded.losses).toHaveLength(losses);
  });

  test('a model that is known not to reason is not asked to', () => {
    const context = { model: GEMINI_2, quirks: {}, capabilities: ['Chat' as const] };
    const { messages, ...rest } = { ...baseCall(), reasoning: { effort: 'high' as const } };
    const encoded = encodeCall({ ...rest, messages }, context);
    expect(encoded.body).not.toHaveProperty('generationConfig');
    expect(encoded.losses).toEqual([{ field: 'reasoning_effort', reason: 'the model does not reason' }]);
  });
});

function baseCall(): ChatCall {
  const messages: ChatMessage[] = [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }];
  return { model: 'm', messages, tools: [], sampling: {}, stop: [], stream: false, includeUsage: false, rest: {}, dialect: 'openai-chat' };
}

describe('signatures of calls', () => {
  const history = (...calls: { readonly name: string; readonly signature?: string }[]): ChatMessage[] => [
    { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
    {
      role: 'assistant',
      parts: calls.map(({ name, signature }, index) => ({
        type: 'tool-call' as const,
        id: `c${index}`,
        name,
        argumentsJson: '{}',
        ...(signature !== undefined && { opaque: { 'openai-chat': { extra_content: { google: { thought_signature: signature } } } } }),
      })),
    },
    ...calls.map((_, index): ChatMessage => ({ role: 'tool', toolCallId: `c${index}`, parts: [{ type: 'text', text: 'ok' }] })),
  ];
  const signatures = (messages: readonly ChatMessage[], model?: string): unknown[] => {
    const { body } = encode({ messages }, model);
    const turns = body['contents'] as { parts: JsonObject[] }[];
    return turns[1]?.parts.map((part) => part['thoughtSignature']) ?? [];
  };

  test('come back from the place where OpenAI callers have them, and are no loss', () => {
    const messages = history({ name: 'a', signature: 'sig' }, { name: 'b' });
    expect(signatures(messages)).toEqual(['sig', undefined]);
    expect(encode({ messages }).losses).toEqual([]);
  });

  test("where no signature exists, Gemini 3 gets Google's stand-in on the first call, others nothing", () => {
    expect(signatures(history({ name: 'a' }, { name: 'b' }))).toEqual(['skip_thought_signature_validator', undefined]);
    expect(signatures(history({ name: 'a' }), GEMINI_2)).toEqual([undefined]);
  });
});

describe('the conversation', () => {
  const text = (value: string) => [{ type: 'text' as const, text: value }];

  test('instructions alone become the user turn that Gemini answers', () => {
    const { body, losses } = encode({ messages: [{ role: 'system', parts: text('Say hi'), at: 'messages[0]' }] });
    expect(body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Say hi' }] }] });
    expect(losses).toEqual([{ field: 'messages[0]', reason: expect.any(String) }]);
  });

  test('every instruction is kept, and one from mid-conversation is named', () => {
    const { body, losses } = encode({
      messages: [
        { role: 'system', parts: text('A'), at: 'messages[0]' },
        { role: 'developer', parts: text('B'), at: 'messages[1]' },
        { role: 'user', parts: text('Hi'), at: 'messages[2]' },
        { role: 'system', parts: text('C'), at: 'messages[3]' },
      ],
    });
    expect(body['systemInstruction']).toEqual({ parts: [{ text: 'A' }, { text: 'B' }, { text: 'C' }] });
    expect(losses).toEqual([{ field: 'messages[3]', reason: 'moved ahead of the conversation' }]);
  });

  test('results are objects: JSON stays JSON, text is wrapped, long numbers keep their digits', () => {
    const result = (value: string): ChatMessage => ({ role: 'tool', toolCallId: 'c', parts: text(value) });
    const response = (value: string): unknown => {
      const contents = encode({ messages: [result(value)] }).body['contents'] as { parts: { functionResponse: JsonObject }[] }[];
      return contents[0]?.parts[0]?.functionResponse['response'];
    };
    expect(response('{"a": 1}')).toEqual({ a: 1 });
    expect(response('[1]')).toEqual({ output: '[1]' });
    expect(response('20 C')).toEqual({ output: '20 C' });
    expect(response('{"output":"x"}')).toEqual({ output: '{"output":"x"}' });
    expect(response('{"id": 12345678901234567890}')).toEqual({ output: '{"id": 12345678901234567890}' });
  });

  test('pictures in results stay there for Gemini 3, and stand behind them for models before', () => {
    const image = { type: 'image' as const, source: { type: 'base64' as const, mediaType: 'image/png', data: 'AA==' } };
    const messages: ChatMessage[] = [{ role: 'tool', toolCallId: 'c', parts: [...text('ok'), image], at: 'messages[0]' }];
    const inlineData = { mimeType: 'image/png', data: 'AA==' };
    expect(encode({ messages }).body['contents']).toMatchObject([{ parts: [{ functionResponse: { parts: [{ inlineData }] } }] }]);
    const before = encode({ messages }, GEMINI_2);
    expect(before.body['contents']).toMatchObject([{ parts: [{ functionResponse: {} }, { inlineData }] }]);
    expect(before.losses.map(({ field }) => field)).toContain('messages[0].content[1]');
  });

  test('an empty text next to calls is left out, a truncated call is kept', () => {
    const call = { type: 'tool-call' as const, id: 'c', name: 'go', argumentsJson: '{"a": "un' };
    const { body } = encode({ messages: [{ role: 'assistant', parts: [...text(''), call] }] }, GEMINI_2);
    expect(body['contents']).toEqual([
      { role: 'model', parts: [{ functionCall: { id: 'c', name: 'go', args: { INVALID_JSON: '{"a": "un' } } }] },
    ]);
  });
});

describe('settings', () => {
  test('since 2.5 the models refuse penalties, which are named', () => {
    const sampling = { frequencyPenalty: 0.1, presencePenalty: 0 };
    const { body, losses } = encode({ sampling }, GEMINI_2);
    expect(body['generationConfig']).toEqual({ presencePenalty: 0 });
    expect(losses.map(({ field }) => field)).toEqual(['frequency_penalty']);
    expect(encode({ sampling, dialect: 'gemini' }, GEMINI_2).losses).toEqual([]);
  });

  test('every sampling setting has its counterpart', () => {
    const sampling = { temperature: 1, topP: 0.5, topK: 3, frequencyPenalty: 0.1, presencePenalty: 0.2, seed: 9, n: 2 };
    expect(encode({ sampling, maxOutputTokens: 10, stop: ['a'] }, 'gemini-2.0-flash').body['generationConfig']).toEqual({
      temperature: 1,
      topP: 0.5,
      topK: 3,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      seed: 9,
      candidateCount: 2,
      maxOutputTokens: 10,
      stopSequences: ['a'],
    });
  });

  test('a schema is sent as JSON Schema, untouched; together with tools only to models that take both', () => {
    const schema = {
      type: 'object',
      $defs: { a: { type: 'null' } },
      properties: { a: { $ref: '#/$defs/a' } },
      additionalProperties: false,
    };
    const format = { responseFormat: { type: 'json-schema' as const, name: 'x', schema, strict: true } };
    const config = { responseMimeType: 'application/json', responseJsonSchema: schema };
    expect(encode(format).body['generationConfig']).toEqual(config);
    const tools = [{ name: 'go' }];
    expect(encode({ ...format, tools }).body['generationConfig']).toEqual(config);
    const before = encode({ ...format, tools }, GEMINI_2);
    expect(before.body).not.toHaveProperty('generationConfig');
    expect(before.losses).toEqual([{ field: 'response_format', reason: expect.any(String) }]);
  });

  test.each<[ChatCall['toolChoice'], JsonObject | undefined]>([
    [undefined, undefined],
    [{ type: 'auto' }, { mode: 'AUTO' }],
    [{ type: 'none' }, { mode: 'NONE' }],
    [{ type: 'required' }, { mode: 'ANY' }],
    [
      { type: 'tool', name: 'go' },
      { mode: 'ANY', allowedFunctionNames: ['go'] },
    ],
    [
      { type: 'allowed', names: ['go', 'stay'], mode: 'required' },
      { mode: 'ANY', allowedFunctionNames: ['go', 'stay'] },
    ],
    [
      { type: 'allowed', names: ['go', 'stay'], mode: 'auto' },
      { mode: 'VALIDATED', allowedFunctionNames: ['go', 'stay'] },
    ],
  ])('tool choice %j: %j', (toolChoice, functionCallingConfig) => {
    const { body } = encode({ tools: [{ name: 'go' }, { name: 'stay' }], ...(toolChoice && { toolChoice }) });
    expect(body['toolConfig']).toEqual(functionCallingConfig && { functionCallingConfig });
  });

  test('what Gemini has no place for is named, in the words of the caller', () => {
    const { losses } = encode({
      tools: [
        { name: 'go', strict: true },
        { name: 'web_search', other: { dialect: 'anthropic-messages', value: {} } },
      ],
      parallelToolCalls: false,
      user: 'me',
      rest: { logit_bias: { 1: 1 }, store: false, metadata: { a: 'b' } },
      stop: ['1', '2', '3', '4', '5', '6'],
    });
    expect(losses.map(({ field }) => field).sort()).toEqual(
      ['logit_bias', 'metadata.a', 'parallel_tool_calls', 'stop', 'tools[0].strict', 'tools[1]', 'user'].sort(),
    );
  });

  test("what callers know from Google's OpenAI layer goes where that layer puts it", () => {
    const google = { thinking_config: { thinking_budget: 800, include_thoughts: true }, cached_content: 'cachedContents/x', new_thing: 1 };
    const { body, losses } = encode({ rest: { extra_body: { google } }, reasoning: { effort: 'low' } });
    expect(body).toMatchObject({
      cachedContent: 'cachedContents/x',
      generationConfig: { thinkingConfig: { thinkingBudget: 800, includeThoughts: true } },
    });
    expect(body['generationConfig']).not.toHaveProperty('thinkingConfig.thinkingLevel');
    expect(losses).toEqual([{ field: 'extra_body', reason: expect.any(String) }]);
  });
});
