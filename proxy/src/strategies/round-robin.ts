import type { Target } from '../snapshot/snapshot.ts';
import type { Strategy } from './strategy.ts';
import { weightedOrder } from './weighted-order.ts';

/**
 * Turns in proportion to the weights, evenly interleaved (nginx's smooth weighted round robin): every turn each target
 * earns its weight, the richest goes first and pays the sum of the weights. Targets of weight 0 come last, in the
 * policy's order: they serve only when the others cannot.
 */
export const roundRobin: Strategy = {
  type: 'RoundRobin',
  rank: (targets, { state, pinned, random }) => {
    if (pinned) return weightedOrder(targets, random);
    const sum = targets.reduce((total, target) => total + target.weight, 0);
    const credit = (target: Target): number => state.credit.get(target.id) ?? 0;
    for (const target of targets) {
      // A target whose weight was lowered must not live off old riches.
      const earned = Math.min(Math.max(credit(target), -sum), sum) + target.weight;
      state.credit.set(target.id, earned);
    }
    const order = targets.toSorted((a, b) => Number(a.weight === 0) - Number(b.weight === 0) || credit(b) - credit(a));
    const [first] = order;
    if (first !== undefined) state.credit.set(first.id, credit(first) - sum);
    return order;
  },
};
