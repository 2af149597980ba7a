import { describe, expect, test } from '@jest/globals';
import { trafficNumbers } from './traffic-numbers.ts';
import { mergedFigures } from './traffic-series.ts';

const NOTHING = mergedFigures([], 0);

describe('spend of today', () => {
  const spend = (figures: Partial<typeof NOTHING>) => trafficNumbers({ ...NOTHING, ...figures }).spendTodayUsd;

  test('without a call there is none to show', () => expect(spend({})).toBeUndefined());

  test('calls without a price never count as 0', () => {
    expect(spend({ requestsToday: 5, unpricedToday: 5 })).toBeUndefined();
  });

  test('what was priced is shown, also when some was not', () => {
    expect(spend({ requestsToday: 6, unpricedToday: 5, costTodayNanoUsd: 250_000_000 })).toBe('0.25');
  });

  test('a priced model that answered nothing has cost nothing', () => {
    expect(spend({ requestsToday: 3 })).toBe('0.00');
  });
});
