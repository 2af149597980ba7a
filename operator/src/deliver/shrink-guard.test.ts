import { describe, expect, test } from '@jest/globals';
import { guardShrink } from './shrink-guard.ts';
import { policyBody, resourcesOf } from './table-fixtures.ts';

const many = (count: number, from = 0) => resourcesOf(...Array.from({ length: count }, (_, index) => policyBody(`p${from + index}`)));

describe('guardShrink', () => {
  test('holds a route set that loses half of its policies at once, and keeps the other edits', () => {
    const after = many(10, 10);
    after.set('policy/default/new', policyBody('new'));
    const verdict = guardShrink(many(20), after);
    expect(verdict).toMatchObject({ type: 'Shrunk', before: 20, removed: 10 });
    if (verdict.type === 'Shrunk') expect(verdict.kept.size).toBe(21);
  });

  test('holds a route set that shrinks to nothing', () => {
    expect(guardShrink(many(24), new Map()).type).toBe('Shrunk');
  });

  test('lets single deletions through', () => {
    expect(guardShrink(many(20), many(11, 9)).type).toBe('Pass');
  });

  test('stays out of the way of small sets, which a person oversees', () => {
    expect(guardShrink(many(12), new Map()).type).toBe('Pass');
  });
});
