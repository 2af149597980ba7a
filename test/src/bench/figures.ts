/** Middle value; the lower one of two for an even count. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest-rank quantile of unsorted values; 0 for none. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? 0;
}

/** Three significant digits, so that noise is not printed as precision. */
export function round3(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(3));
}
