import { expect, test } from '@jest/globals';
import { hasFlipped, isSameStatus } from './status-equality.ts';

function status(value: string, message = '', requests = 0): object {
  const condition = {
    type: 'Ready',
    status: value,
    reason: 'Ready',
    message,
    observedGeneration: 1,
    lastTransitionTime: String(Math.random()),
  };
  return { observedGeneration: 1, conditions: [condition], summary: { requests } };
}

test('the order of fields, absent fields and times of transitions do not make a difference', () => {
  expect(isSameStatus({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1, d: undefined })).toBe(true);
  expect(isSameStatus(status('True'), status('True'))).toBe(true);
});

test('a value, a length, a type or a message does', () => {
  expect(isSameStatus({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
  expect(isSameStatus({ a: [1] }, { a: [1, 2] })).toBe(false);
  expect(isSameStatus({ a: '1' }, { a: 1 })).toBe(false);
  expect(isSameStatus(status('True', 'x'), status('True', 'y'))).toBe(false);
  expect(isSameStatus(undefined, status('True'))).toBe(false);
});

test('a condition that turns, comes or goes has flipped; numbers and messages have not', () => {
  expect(hasFlipped(status('True'), status('False'))).toBe(true);
  expect(hasFlipped(status('True'), { observedGeneration: 1, conditions: [] })).toBe(true);
  expect(hasFlipped(status('True'), { ...status('True'), observedGeneration: 2 })).toBe(true);
  expect(hasFlipped(undefined, status('True'))).toBe(true);
  expect(hasFlipped(status('True', 'x', 1), status('True', 'y', 2))).toBe(false);
});
