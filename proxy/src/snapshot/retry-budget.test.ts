import { describe, expect, test } from '@jest/globals';
import { RetryBudget } from './retry-budget.ts';

function taken(budget: RetryBudget, percent: number): number {
  let count = 0;
  while (count < 1_000 && budget.tryBeginRetry(percent)) count += 1;
  return count;
}

describe('RetryBudget', () => {
  test('allows three retries in flight however few requests there are', () => {
    expect(taken(new RetryBudget(), 20)).toBe(3);
  });

  test('allows a fifth of the requests in flight at 20 %', () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 100; i += 1) budget.beginRequest();
    expect(taken(budget, 20)).toBe(20);
    expect(budget.retriesInFlight).toBe(20);
  });

  test('a retry that ended makes room for the next one', () => {
    const budget = new RetryBudget();
    expect(taken(budget, 20)).toBe(3);
    budget.endRetry();
    expect(budget.tryBeginRetry(20)).toBe(true);
    expect(budget.tryBeginRetry(20)).toBe(false);
  });

  test('shrinks with the requests in flight', () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 50; i += 1) budget.beginRequest();
    for (let i = 0; i < 50; i += 1) budget.endRequest();
    expect(budget.requestsInFlight).toBe(0);
    expect(taken(budget, 20)).toBe(3);
  });

  test('ends without beginnings do not make credit', () => {
    const budget = new RetryBudget();
    budget.endRequest();
    budget.endRetry();
    expect(taken(budget, 20)).toBe(3);
  });
});
