import { describe, expect, test } from '@jest/globals';
import type { ChatCall, ReasoningSettings } from '../../wire/chat-call.ts';
import { Losses } from '../losses.ts';
import { planThinking, type ThinkingPlan } from './encode-thinking.ts';

function plan(
  reasoning: ReasoningSettings,
  model: string,
  call: Partial<ChatCall> = {},
  maxTokens = 10_000,
): ThinkingPlan & { lost: number } {
  const losses = new Losses();
  const whole: ChatCall = {
    model: 'm',
    messages: [],
    tools: [],
    sampling: {},
    stop: [],
    stream: false,
    includeUsage: false,
    rest: {},
    dialect: 'openai-chat',
    reasoning,
    ...call,
  };
  return { ...planThinking(whole, { model, quirks: {} }, maxTokens, losses), lost: losses.list.length };
}

describe('reasoning effort becomes thinking', () => {
  test.each(['claude-opus-4-6', 'claude-sonnet-5', 'anthropic.claude-haiku-4-7-v1:0'])('%s decides within an effort', (model) => {
    expect(plan({ effort: 'high' }, model)).toEqual({ thinking: { type: 'adaptive' }, thinks: true, effort: 'high', lost: 0 });
  });

  test.each(['claude-sonnet-4-5-20250929', 'claude-sonnet-4-20250514', 'claude-3-7-sonnet-latest', 'minimax-m2'])(
    '%s gets a budget',
    (model) => {
      expect(plan({ effort: 'medium' }, model)).toEqual({ thinking: { type: 'enabled', budget_tokens: 5000 }, thinks: true, lost: 0 });
    },
  );

  test('a budget stays between 1,024 and max_tokens, and is not sent where there is no room', () => {
    expect(plan({ effort: 'low' }, 'x', {}, 2000).thinking).toEqual({ type: 'enabled', budget_tokens: 1024 });
    expect(plan({ budgetTokens: 50_000 }, 'x', {}, 2000).thinking).toEqual({ type: 'enabled', budget_tokens: 1999 });
    expect(plan({ effort: 'high' }, 'x', {}, 1024)).toEqual({ thinks: false, lost: 1 });
  });

  test('none turns thinking off', () => {
    expect(plan({ effort: 'none' }, 'claude-opus-4-6')).toEqual({ thinking: { type: 'disabled' }, thinks: false, lost: 0 });
  });
});

describe('what Anthropic would refuse is not sent, and named', () => {
  const loop = (first: object): Partial<ChatCall> => ({
    messages: [
      { role: 'assistant', parts: [first, { type: 'tool-call', id: 'c', name: 'go', argumentsJson: '{}' }] as never },
      { role: 'tool', toolCallId: 'c', parts: [] },
    ],
  });

  test('thinking with a forced tool', () => {
    expect(plan({ effort: 'high' }, 'x', { toolChoice: { type: 'required' } })).toEqual({ thinks: false, lost: 1 });
  });

  test('thinking in a tool loop whose turn has no thinking of its own', () => {
    expect(plan({ effort: 'high' }, 'x', loop({ type: 'text', text: 'Looking.' })).thinks).toBe(false);
    expect(plan({ effort: 'high' }, 'x', loop({ type: 'reasoning', text: 'unsigned' })).thinks).toBe(false);
    expect(plan({ effort: 'high' }, 'x', loop({ type: 'reasoning', text: 'hm', signature: 'c2ln' })).thinks).toBe(true);
  });
});
