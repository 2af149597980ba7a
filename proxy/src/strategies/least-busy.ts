import type { Target } from '../snapshot/snapshot.ts';
import type { Strategy } from './strategy.ts';

/** Fewest requests in flight per endpoint and unit of weight first; equals in random order, so that idle proxies spread. */
export const leastBusy: Strategy = {
  type: 'LeastBusy',
  rank: (targets, { random }) =>
    targets
      .map((target) => ({ target, load: loadOf(target), lot: random() }))
      .sort((a, b) => (a.load === b.load ? a.lot - b.lot : a.load - b.load))
      .map(({ target }) => target),
};

function loadOf({ endpoints, weight }: Target): number {
  if (weight === 0) return Number.POSITIVE_INFINITY;
  let inFlight = 0;
  for (const endpoint of endpoints) inFlight += endpoint.signals.inFlight;
  return inFlight / (Math.max(1, endpoints.length) * weight);
}
