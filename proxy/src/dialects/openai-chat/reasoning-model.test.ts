import { describe, expect, test } from '@jest/globals';
import type { ChatCall } from '../../wire/chat-call.ts';
import { DIALECTS } from '../registry.ts';

const call: ChatCall = {
  dialect: 'anthropic-messages',
  model: 'm',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  sampling: { temperature: 0.2, topP: 1 },
  stop: ['END'],
  maxOutputTokens: 10,
  stream: false,
  includeUsage: false,
  rest: {},
};

describe("OpenAI's reasoning models", () => {
  test.each(['o3', 'o4-mini-2025-04-16', 'gpt-5', 'gpt-5-mini', 'gpt-5-2025-08-07'])('%s is sent no sampling but its defaults', (model) => {
    const { body, losses } = DIALECTS['openai-chat'].encodeCall(call, { model, quirks: {} });
    expect(body).toEqual({ model, messages: [{ role: 'user', content: 'Hi' }], top_p: 1, max_tokens: 10 });
    expect(losses.map(({ field }) => field)).toEqual(['temperature', 'stop']);
  });

  test.each(['gpt-4o', 'gpt-5-chat-latest', 'gpt-5.1', 'openai/gpt-5', 'my-deployment'])('%s is sent what the caller wants', (model) => {
    const { body, losses } = DIALECTS['openai-chat'].encodeCall(call, { model, quirks: {} });
    expect(body).toMatchObject({ temperature: 0.2, top_p: 1, stop: ['END'] });
    expect(losses).toEqual([]);
  });

  test('later ones refuse it while they reason', () => {
    const reasoning = { effort: 'high' } as const;
    expect(
      DIALECTS['openai-chat'].encodeCall({ ...call, reasoning }, { model: 'gpt-5.2', quirks: {} }).body['temperature'],
    ).toBeUndefined();
  });

  test("callers of OpenAI's own dialects have chosen for the model", () => {
    const own = { ...call, dialect: 'openai-chat' };
    expect(DIALECTS['openai-responses'].encodeCall(own, { model: 'gpt-5', quirks: {} }).body['temperature']).toBe(0.2);
  });
});
