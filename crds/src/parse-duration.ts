const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/**
 * Milliseconds of a Gateway API duration (GEP-2257) such as `1h30m` or `500ms`: one to four numbers of at most five
 * digits, each with a unit. undefined: the value is not a duration.
 */
export function parseDurationMs(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^([0-9]{1,5}(h|m|s|ms)){1,4}$/.test(text)) return undefined;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/([0-9]+)(h|ms|m|s)/g)) total += Number(digits) * (UNIT_MS[unit ?? ''] ?? 0);
  return total;
}
