/** How much the held table can be trusted to be the newest. */
export interface TableFreshness {
  /** The control stream is up and has confirmed the held table. */
  readonly connected: boolean;
  /** Monotonic ms of the last frame from the operator; undefined = none yet in this process. */
  readonly lastFrameAtMs: number | undefined;
}

/** Seconds since the operator was last heard; Infinity when never in this process. */
export function staleSeconds(freshness: TableFreshness, nowMs: number): number {
  return freshness.lastFrameAtMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, nowMs - freshness.lastFrameAtMs) / 1000;
}

/**
 * Whether an unknown key may be called wrong (401). While the table may lack the newest keys, the honest answer is 503:
 * an outage of ours must never read as "your key is invalid".
 */
export function mayJudgeKeys(freshness: TableFreshness): boolean {
  return freshness.connected;
}
