const FIRST_MS = 50;
const LONGEST_MS = 5_000;

/**
 * Time before the next attempt: 50 ms, doubled with every failure in a row, at most 5 s; then spread over its upper half,
 * so that a fleet does not come back in one instant.
 *
 * @param failures attempts in a row that came to nothing; 0 = the last one did well
 * @param random uniform in [0, 1)
 */
export function reconnectDelayMs(failures: number, random: () => number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20));
  return longest * (0.5 + 0.5 * random());
}
