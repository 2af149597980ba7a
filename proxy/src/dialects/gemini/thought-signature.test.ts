import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../wire/json.ts';
import { anthropicMessages } from '../anthropic-messages/anthropic-messages.ts';
import type { Dialect, UpstreamDialect } from '../dialect.ts';
import { openaiChat } from '../openai-chat/openai-chat.ts';
import { openaiResponses } from '../openai-responses/openai-responses.ts';
import { gemini } from './gemini.ts';
import { packState, unpackState } from './thought-signature.ts';

const SIGNATURE = 'CiQB0e2Kb5s9w+uQm1c/4pHYz2yEJ8vT0m3nL7aF5dRkXw==';
const context = { requestId: 'r', model: 'm', nowSeconds: 1, includeUsage: false };

const answer = {
  candidates: [
    {
      content: {
        role: 'model',
        parts: [
          { text: 'Hm.', thought: true },
          { text: 'Looking.' },
          { functionCall: { id: 'c0', name: 'go', args: { a: 1 } }, thoughtSignature: SIGNATURE },
          { functionCall: { id: 'c1', name: 'stay', args: {} } },
        ],
      },
      finishReason: 'STOP',
    },
  ],
};

/** What callers of the official SDKs do: put the answer into the history as it came, with the results behind it. */
const ECHOES: Readonly<Record<string, (encoded: JsonObject) => JsonObject>> = {
  'openai-chat': (encoded) => {
    const [choice] = encoded['choices'] as { message: JsonObject }[];
    const results = ['c0', 'c1'].map((id) => ({ role: 'tool', tool_call_id: id, content: 'ok' }));
    return { model: 'm', messages: [{ role: 'user', content: 'Go' }, choice?.message ?? {}, ...results] };
  },
  'openai-responses': (encoded) => {
    const items = encoded['output'] as JsonObject[];
    const results = ['c0', 'c1'].map((id) => ({ type: 'function_call_output', call_id: id, output: 'ok' }));
    return { model: 'm', input: [{ role: 'user', content: 'Go' }, ...items, ...results] };
  },
  'anthropic-messages': (encoded) => {
    const results = ['c0', 'c1'].map((id) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' }));
    const turn = { role: 'assistant', content: encoded['content'] ?? [] };
    return { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Go' }, turn, { role: 'user', content: results }] };
  },
  gemini: (encoded) => {
    const [candidate] = encoded['candidates'] as { content: JsonObject }[];
    const results = ['go', 'stay'].map((name) => ({ functionResponse: { name, response: { output: 'ok' } } }));
    return {
      model: 'm',
      contents: [{ role: 'user', parts: [{ text: 'Go' }] }, candidate?.content ?? {}, { role: 'user', parts: results }],
    };
  },
};

/** An answer of `provider` told to a caller, who sends it back to `provider`. */
function journey(provider: UpstreamDialect, caller: Dialect, body: JsonObject): JsonObject {
  const events = provider.decodeAnswer(body);
  if (events.type === 'invalid') throw new Error(events.message);
  const echo = ECHOES[caller.id]?.(caller.encodeAnswer(events.value, context)) ?? {};
  const call = caller.decodeCall(echo);
  if (call.type === 'invalid') throw new Error(call.message);
  return provider.encodeCall(call.value, { model: 'gemini-3-flash', quirks: {} }).body;
}

describe('thought signatures come back byte for byte', () => {
  test.each([openaiChat, openaiResponses, anthropicMessages, gemini])('through callers of $id', (caller) => {
    const contents = journey(gemini, caller, answer)['contents'] as { parts: JsonObject[] }[];
    expect(contents[1]?.parts.filter((part) => part['functionCall'] !== undefined)).toEqual([
      { functionCall: { id: 'c0', name: 'go', args: { a: 1 } }, thoughtSignature: SIGNATURE },
      { functionCall: { id: 'c1', name: 'stay', args: {} } },
    ]);
  });

  test.each([openaiChat, openaiResponses, anthropicMessages, gemini])(
    'those of texts and thoughts, too, through callers of $id',
    (caller) => {
      const [candidate] = answer.candidates;
      const parts = [
        { text: 'Hm.', thought: true, thoughtSignature: SIGNATURE },
        { text: 'Done.', thoughtSignature: `${SIGNATURE}=` },
      ];
      const contents = journey(gemini, caller, { candidates: [{ ...candidate, content: { role: 'model', parts } }] })['contents'];
      expect((contents as { parts: JsonObject[] }[])[1]?.parts).toEqual(expect.arrayContaining([parts[0]]));
      expect(JSON.stringify(contents)).toContain(`"thoughtSignature":"${SIGNATURE}="`);
    },
  );
});

describe('state of other vendors comes back through callers of Gemini', () => {
  test("Anthropic's signed and redacted thinking", () => {
    const content = [
      { type: 'thinking', thinking: 'Hm.', signature: 'EqQBCkYIBxgC' },
      { type: 'redacted_thinking', data: 'EmwKAhgBEgy3' },
      { type: 'tool_use', id: 'c0', name: 'go', input: {} },
    ];
    const body = journey(anthropicMessages, gemini, { type: 'message', role: 'assistant', content, stop_reason: 'tool_use', usage: {} });
    const [, turn] = body['messages'] as { content: JsonObject[] }[];
    expect(turn?.content).toEqual(content);
  });

  test('what an OpenAI-compatible provider has put beside a call', () => {
    const call = { id: 'c0', type: 'function', function: { name: 'go', arguments: '{}' }, extra_content: { vendor: { state: 'x' } } };
    const message = { role: 'assistant', content: null, tool_calls: [call] };
    const body = journey(openaiChat, gemini, { choices: [{ index: 0, message, finish_reason: 'tool_calls' }] });
    const [, turn] = body['messages'] as { tool_calls: JsonObject[] }[];
    expect(turn?.tool_calls).toEqual([call]);
  });

  test('packed state is base64 in either alphabet, and nothing else is taken for it', () => {
    const state = { signature: 'sïg?>~', redacted: '日本', opaque: { a: { b: [1] } } };
    const packed = packState(state);
    expect(packed).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(unpackState(packed)).toEqual(state);
    expect(unpackState(packed.replaceAll('+', '-').replaceAll('/', '_'))).toEqual(state);
    for (const other of [SIGNATURE, '', 'aGVhZGdhdGU6', 'aGVhZGdhdGU6eyJ', 'skip_thought_signature_validator'])
      expect(unpackState(other)).toBeUndefined();
  });
});
