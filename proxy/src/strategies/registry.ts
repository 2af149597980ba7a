import type { StrategyType } from '@headgate/crds';
import { cost } from './cost.ts';
import { latency } from './latency.ts';
import { leastBusy } from './least-busy.ts';
import { priority } from './priority.ts';
import { roundRobin } from './round-robin.ts';
import type { Strategy } from './strategy.ts';
import { weighted } from './weighted.ts';

/** One line per strategy; contract.test.ts runs every one of them. */
export const strategies: readonly Strategy[] = [priority, roundRobin, weighted, leastBusy, latency, cost];

const byType: ReadonlyMap<string, Strategy> = new Map(strategies.map((strategy) => [strategy.type, strategy]));

/** Undefined for a type this build does not have: a newer operator may know more. */
export function findStrategy(type: StrategyType): Strategy | undefined {
  return byType.get(type);
}
