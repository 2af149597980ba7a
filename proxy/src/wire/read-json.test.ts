import { describe, expect, test } from '@jest/globals';
import { parseJson } from './read-json.ts';

describe('parseJson', () => {
  test('what is nested deeper than a reader survives is no JSON', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(parseJson(nested(400))).toBeDefined();
    expect(parseJson(nested(600))).toBeUndefined();
    expect(parseJson(nested(1_000_000))).toBeUndefined();
    expect(parseJson(`{"a":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`)).toBeUndefined();
  });

  test('long values that are flat, and brackets in texts, are read', () => {
    const long = JSON.stringify({ text: '['.repeat(5000), list: Array.from({ length: 2000 }, (_, index) => ({ index })) });
    expect(JSON.stringify(parseJson(long))).toBe(long);
    expect(parseJson('{"a":')).toBeUndefined();
  });
});
