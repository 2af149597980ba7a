import { describe, expect, test } from '@jest/globals';
import { composeAnswer } from './answer.ts';
import type { Conversation } from './conversation.ts';

const CONVERSATION: Conversation = {
  model: 'sim-small',
  lastUserText: 'Hello, river',
  toolResults: [],
  promptTokens: 12,
  tools: [],
  toolChoice: { type: 'auto' },
  stopSequences: [],
  stream: false,
  streamUsage: false,
};
const WEATHER = { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };

describe('composeAnswer', () => {
  test('repeats what the caller said and says who answers', () => {
    const answer = composeAnswer(CONVERSATION, {});
    expect(answer.content).toEqual({
      type: 'text',
      text: 'You said: "Hello, river". This is the simulated provider, answering as sim-small.',
    });
    expect(answer.tokens.join('')).toBe(answer.content.type === 'text' ? answer.content.text : '');
    expect(answer.usage).toEqual({ inputTokens: 12, cachedTokens: 0, outputTokens: answer.tokens.length });
  });

  test('is the same for the same conversation', () => {
    expect(composeAnswer(CONVERSATION, {})).toEqual(composeAnswer(CONVERSATION, {}));
  });

  test('stops at the bound of the caller and says so', () => {
    const answer = composeAnswer({ ...CONVERSATION, maxTokens: 3 }, {});
    expect([answer.finish, answer.usage.outputTokens]).toEqual(['length', 3]);
  });

  test('stops before a stop sequence', () => {
    const answer = composeAnswer({ ...CONVERSATION, stopSequences: ['river'] }, {});
    expect(answer.content).toEqual({ type: 'text', text: 'You said: "Hello, ' });
    expect(answer.stopSequence).toBe('river');
  });

  test('calls a tool with arguments that its schema accepts, until a result is there', () => {
    const withTools = { ...CONVERSATION, tools: [WEATHER] };
    const called = composeAnswer(withTools, {});
    expect(called.content).toEqual({ type: 'tool', name: 'weather', argumentsJson: '{"city":"Hello, river"}' });
    expect(called.finish).toBe('tool');
    const told = composeAnswer({ ...withTools, toolResults: ['sunny'] }, {});
    expect(told.content.type === 'text' && told.content.text).toContain('The tool answered: sunny');
    expect(composeAnswer({ ...withTools, toolChoice: { type: 'none' } }, {}).content.type).toBe('text');
  });

  test('answers JSON when a schema is asked for', () => {
    const answer = composeAnswer({ ...CONVERSATION, answerSchema: { properties: { ok: { type: 'boolean' } } } }, {});
    expect(answer.content).toEqual({ type: 'text', text: '{"ok":true}' });
  });

  test('pads to the length that is scripted and counts cached input', () => {
    const answer = composeAnswer(CONVERSATION, { padTokens: 500, cachedTokens: 99 });
    expect(answer.tokens.length).toBeGreaterThanOrEqual(500);
    expect(answer.usage.cachedTokens).toBe(12);
  });
});
