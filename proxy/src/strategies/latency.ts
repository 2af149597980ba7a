import type { Target } from '../snapshot/snapshot.ts';
import { peakEwmaCost } from '../snapshot/ttft-ewma.ts';
import type { Strategy, StrategyContext } from './strategy.ts';

/**
 * Power of two choices on the peak EWMA of the time to first token (Finagle, Linkerd): of two targets drawn at random the
 * faster goes first, so that the fastest one gets most of the traffic but not all of it at once. The rest follow by cost.
 * A target nobody has tried yet costs nothing until its first request is on the way.
 */
export const latency: Strategy = {
  type: 'Latency',
  rank: (targets, context) => {
    const order = targets
      .map((target) => ({ target, cost: costOf(target, context.nowMs) }))
      .sort((a, b) => (a.cost === b.cost ? 0 : a.cost - b.cost))
      .map(({ target }) => target);
    if (targets.length > 2 && !context.pinned) moveFirst(order, chooseOfTwo(targets.length, context));
    return order;
  },
};

/** Place of the better of two random places in an order by cost: the smaller index. */
function chooseOfTwo(count: number, { random }: StrategyContext): number {
  const one = Math.floor(random() * count);
  const other = Math.floor(random() * (count - 1));
  return Math.min(one, other >= one ? other + 1 : other);
}

function moveFirst(order: Target[], at: number): void {
  order.unshift(...order.splice(at, 1));
}

/** The cheapest endpoint decides: it is the one that would be asked. Targets of weight 0 come last. */
function costOf({ endpoints, weight }: Target, nowMs: number): number {
  let cost = Number.POSITIVE_INFINITY;
  if (weight === 0) return cost;
  for (const endpoint of endpoints) cost = Math.min(cost, peakEwmaCost(endpoint.signals, nowMs));
  return cost;
}
