/** The chart's template for one CRD manifest. */
export function wrapCrd(manifest: string): string;
/** Names of the chart's CRDs that differ from their source. */
export function staleChartCrds(): readonly string[];
