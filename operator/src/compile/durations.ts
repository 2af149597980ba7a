const UNIT_MS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/**
 * Milliseconds of a Gateway-API duration (GEP-2257: `30s`, `1m30s`, `500ms`; up to four parts of up to five digits).
 * `undefined` when the text is not one.
 */
export function parseDurationMs(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^(?:\d{1,5}(?:h|m|s|ms)){1,4}$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|h|m|s)/g)) {
    totalMs += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  }
  return totalMs;
}
