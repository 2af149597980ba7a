import { describe, expect, test } from '@jest/globals';
import { CONDITION_REASONS, CONDITION_TYPES } from './conditions.ts';

describe('conditions', () => {
  test('every type has reasons and every reason fits the schema and has a meaning', () => {
    expect(Object.keys(CONDITION_REASONS)).toEqual(Object.keys(CONDITION_TYPES));
    for (const reasons of Object.values(CONDITION_REASONS)) {
      for (const [reason, meaning] of Object.entries(reasons)) {
        expect(reason).toMatch(/^[A-Za-z]{1,64}$/);
        expect(meaning).toMatch(/^[A-Z].+\.$/);
      }
    }
  });

  test('the positive reason of a type bears its name', () => {
    for (const type of ['Accepted', 'ResolvedRefs', 'Programmed', 'Healthy', 'Ready'] as const) {
      expect(Object.keys(CONDITION_REASONS[type])[0]).toBe(type);
    }
  });
});
