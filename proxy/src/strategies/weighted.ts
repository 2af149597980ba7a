import type { Strategy } from './strategy.ts';
import { weightedOrder } from './weighted-order.ts';

/** A lot per request, with chances in proportion to the weights; what lost follows in the order of further lots. */
export const weighted: Strategy = {
  type: 'Weighted',
  rank: (targets, { random }) => weightedOrder(targets, random),
};
