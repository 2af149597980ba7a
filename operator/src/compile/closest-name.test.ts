import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
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

test('of names of any kind it is one with as few edits as any other', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
  fc.assert(
    fc.property(word, fc.array(word), (wanted, names) => {
      const near = names.map((name) => edits(wanted, name)).filter((count) => count <= Math.max(2, Math.floor(wanted.length / 4)));
      const found = closestName(wanted, names);
      expect(found === undefined ? undefined : edits(wanted, found)).toBe(near.length === 0 ? undefined : Math.min(...near));
    }),
  );
});

test('names made to be compared to their ends do not hold up the operator', () => {
  const beganMs = performance.now();
  for (const part of ['abcdefgh'.repeat(7), 'abcdefghij'.repeat(24)]) {
    const names = Array.from({ length: 500 }, (_, i) => part + i);
    expect(closestName(`${part}zzzzzzzz`, names)).toBe(part.length > 64 ? undefined : `${part}0`);
  }
  expect(performance.now() - beganMs).toBeLessThan(5000);
});

/** Levenshtein, as textbooks have it. */
function edits(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const [last = [], row] = [rows[i - 1], [i]];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(changed, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? Number.NaN;
}
