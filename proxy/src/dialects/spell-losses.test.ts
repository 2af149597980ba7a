import { expect, test } from '@jest/globals';
import { spellLosses } from './spell-losses.ts';

test("a loss has the name that the caller's dialect has for the field", () => {
  const losses = [
    { field: 'reasoning_effort', reason: 'a' },
    { field: 'messages[0].name', reason: 'b' },
    { field: 'stop', reason: 'c', fatal: true as const },
  ];
  expect(spellLosses(losses, 'openai-chat')).toBe(losses);
  expect(spellLosses(losses, 'gemini').map(({ field }) => field)).toEqual([
    'generationConfig.thinkingConfig',
    'messages[0].name',
    'generationConfig.stopSequences',
  ]);
  expect(spellLosses(losses, 'anthropic-messages')).toContainEqual({ field: 'stop_sequences', reason: 'c', fatal: true });
});
