import { describe, expect, test } from '@jest/globals';
import { closestName } from './closest-name.ts';

const NAMES = ['gpt-4.1', 'gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4o-mini', 'meta-llama/llama-3.3-70b', 'qwen3:4b', 'qwen3:32b'];

describe('the name that was meant', () => {
  test.each([
    ['gtp-4o', 'gpt-4o'],
    ['gpt4o', 'gpt-4o'],
    ['GPT-4o-Mini', 'gpt-4o-mini'],
    ['gpt-4o-minni', 'gpt-4o-mini'],
    ['llama-3.3-70b', 'meta-llama/llama-3.3-70b'],
    ['gpt-4o-2024', 'gpt-4o-2024-08-06'],
    ['qwen3', 'qwen3:4b'],
  ])('%s: %s', (wanted, name) => expect(closestName(wanted, NAMES)).toBe(name));

  test.each(['claude-opus-4', 'x', '', 'x'.repeat(300)])('none for %s', (wanted) => expect(closestName(wanted, NAMES)).toBeUndefined());

  test('of equals it is the first', () => expect(closestName('modal-x', ['model-x', 'modul-x'])).toBe('model-x'));
});
