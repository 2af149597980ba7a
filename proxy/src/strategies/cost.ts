import type { Target } from '../snapshot/snapshot.ts';
import type { CallFacts } from '../wire/call-facts.ts';
import { expectedCostNanoUsd } from './expected-cost.ts';
import type { Strategy } from './strategy.ts';

/** Cheapest expected answer first, by the caller's own input size; models without a known price last, never as free. */
export const cost: Strategy = {
  type: 'Cost',
  rank: (targets, { facts }) =>
    targets
      .map((target) => ({ target, cost: rankingCost(target, facts) }))
      .sort((a, b) => (a.cost === b.cost ? 0 : a.cost - b.cost))
      .map(({ target }) => target),
};

function rankingCost({ model }: Target, facts: CallFacts): number {
  return expectedCostNanoUsd(model, facts) ?? Number.POSITIVE_INFINITY;
}
