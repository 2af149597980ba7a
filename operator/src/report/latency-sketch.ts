import { LATENCY_BUCKETS_MS } from '@headgate/crds';

/** Counts per bucket of `LATENCY_BUCKETS_MS`; merging is adding, so sketches of many proxies merge without loss. */
export type LatencySketch = Map<number, number>;

/** Adds a report's sketch (bucket index -> count); indexes and counts that make no sense are left out. */
export function addToSketch(sketch: LatencySketch, counts: Readonly<Record<string, number>>): void {
  for (const [index, count] of Object.entries(counts)) {
    const bucket = Number(index);
    if (!Number.isInteger(bucket) || bucket < 0 || bucket >= LATENCY_BUCKETS_MS.length || !(count > 0)) continue;
    sketch.set(bucket, (sketch.get(bucket) ?? 0) + count);
  }
}

/**
 * Quantile in ms (`q` of 0..1), interpolated within its bucket, so off by less than one bucket's width (25 %).
 * `undefined` for an empty sketch; the open last bucket answers with its lower bound.
 */
export function sketchQuantileMs(sketch: LatencySketch, q: number): number | undefined {
  const total = [...sketch.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = q * total;
  let below = 0;
  for (const [bucket, count] of [...sketch].sort(([a], [b]) => a - b)) {
    if (below + count < rank) {
      below += count;
      continue;
    }
    const lowerMs = bucket === 0 ? 0 : (LATENCY_BUCKETS_MS[bucket - 1] ?? 0);
    const upperMs = bucket === LATENCY_BUCKETS_MS.length - 1 ? lowerMs : (LATENCY_BUCKETS_MS[bucket] ?? lowerMs);
    return lowerMs + (upperMs - lowerMs) * ((rank - below) / count);
  }
  return undefined;
}
