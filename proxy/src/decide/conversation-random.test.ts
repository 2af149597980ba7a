import { describe, expect, test } from '@jest/globals';
import { sampleFacts } from '../snapshot/sample-table.ts';
import { conversationRandom } from './conversation-random.ts';

function draws(lastUserText: string, count = 3, rule = 'r'): readonly number[] {
  const random = conversationRandom(sampleFacts({ lastUserText }), rule);
  return Array.from({ length: count }, random);
}

describe('conversationRandom', () => {
  test('equal conversations get equal draws, others do not', () => {
    expect(draws('hello')).toEqual(draws('hello'));
    expect(draws('hello')).not.toEqual(draws('hello!'));
    expect(draws('hello', 3, 'a')).not.toEqual(draws('hello', 3, 'b'));
  });

  test('long texts are told apart by head, tail and length', () => {
    const middle = 'x'.repeat(10_000);
    expect(draws(`a${middle}`)).not.toEqual(draws(`b${middle}`));
    expect(draws(`${middle}a`)).not.toEqual(draws(`${middle}b`));
    expect(draws(middle)).not.toEqual(draws(`${middle}x`));
  });

  test('draws are uniform in [0, 1)', () => {
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i += 1) {
      const [draw = -1] = draws(`conversation ${i}`, 1);
      expect(draw).toBeGreaterThanOrEqual(0);
      expect(draw).toBeLessThan(1);
      const at = Math.floor(draw * 10);
      buckets[at] = (buckets[at] ?? 0) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
