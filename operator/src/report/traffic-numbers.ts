import { percentText, twoDigits, usdText } from './live-numbers.ts';
import { defined } from './object-status.ts';
import type { TrafficFigures } from './traffic-series.ts';

/** The figures that models, rules and summaries have in common, as a status shows them. */
export interface TrafficNumbers {
  readonly p95TtftMs?: number | undefined;
  readonly successPercent?: string | undefined;
  readonly spendTodayUsd?: string | undefined;
}

/** What is not known is left out: no latency or success without requests, no spend of calls without a price. */
export function trafficNumbers(figures: TrafficFigures): TrafficNumbers {
  const { requests, failures, p95TtftMs, requestsToday, unpricedToday, costTodayNanoUsd } = figures;
  return defined({
    p95TtftMs: p95TtftMs === undefined ? undefined : twoDigits(p95TtftMs),
    successPercent: requests === 0 ? undefined : percentText(requests - failures, requests),
    spendTodayUsd: requestsToday > unpricedToday ? usdText(costTodayNanoUsd) : undefined,
  });
}
