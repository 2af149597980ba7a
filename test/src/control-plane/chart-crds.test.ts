import { describe, expect, test } from '@jest/globals';
import { staleChartCrds, wrapCrd } from '../../../tooling/sync-chart.mjs';

describe('the CRDs in the chart', () => {
  test('are what crds/manifests says (node tooling/sync-chart.mjs)', () => {
    expect(staleChartCrds()).toEqual([]);
  });

  test('a manifest that Helm would read as a template is refused', () => {
    expect(() => wrapCrd('metadata:\n  name: x\nspec: "{{"')).toThrow('template');
  });
});
