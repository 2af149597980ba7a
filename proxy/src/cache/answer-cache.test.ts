import { expect, test } from '@jest/globals';
import { RetryBudget } from '../snapshot/retry-budget.ts';
import { sampleFacts, samplePolicy } from '../snapshot/sample-table.ts';
import type { Policy } from '../snapshot/snapshot.ts';
import { type AnswerCache, lookupAnswer } from './answer-cache.ts';

const policy: Policy = { key: 'policy/team/a', id: 'team/a', resource: samplePolicy('a', []), rules: [], retryBudget: new RetryBudget() };

test('without a cache every call is a miss; with one, the cache is asked', () => {
  expect(lookupAnswer(undefined, sampleFacts(), policy)).toEqual({ type: 'miss' });
  const cache: AnswerCache<string> = { lookup: (facts) => ({ type: 'hit', answer: facts.model, ageMs: 5 }) };
  expect(lookupAnswer(cache, sampleFacts({ model: 'm' }), policy)).toEqual({ type: 'hit', answer: 'm', ageMs: 5 });
});
