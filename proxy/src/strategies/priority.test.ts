import { expect, test } from '@jest/globals';
import { sampleFacts } from '../snapshot/sample-table.ts';
import { sampleRunningTarget } from '../snapshot/sample-target.ts';
import { priority } from './priority.ts';

test('Priority keeps the order of the policy, whatever load and weights say', () => {
  const targets = [
    sampleRunningTarget('a', { weight: 0, endpoints: [{ inFlight: 100, ttftEwmaMs: 9_000 }] }),
    sampleRunningTarget('b', { weight: 9 }),
  ];
  const context = { facts: sampleFacts(), nowMs: 0, random: () => 0.9, state: { credit: new Map() }, pinned: false };
  expect(priority.rank(targets, context)).toEqual(targets);
});
