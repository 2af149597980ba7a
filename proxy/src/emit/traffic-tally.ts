import { latencyBucket, type TrafficCounts } from '@headgate/crds';
import type { MeteredUsage } from './meter.ts';

/** One request or attempt, as it counts in a report. */
export interface TrafficSample {
  readonly failed: boolean;
  readonly metered: MeteredUsage | undefined;
  /** The model that was asked has a price. */
  readonly priced: boolean;
  readonly ttftMs: number | undefined;
  /** From first content to end, ms; undefined where no stream was seen. */
  readonly generationMs: number | undefined;
}

/** Sums of one window, additive over proxies and windows. */
export class TrafficTally {
  #requests = 0;
  #failures = 0;
  #inputTokens = 0;
  #cachedInputTokens = 0;
  #outputTokens = 0;
  #costNanoUsd = 0;
  #unpricedRequests = 0;
  #generationMs = 0;
  #streamedOutputTokens = 0;
  readonly #ttft: Record<string, number> = {};

  add({ failed, metered, priced, ttftMs, generationMs }: TrafficSample): void {
    this.#requests += 1;
    if (failed) this.#failures += 1;
    if (!priced) this.#unpricedRequests += 1;
    if (ttftMs !== undefined) {
      const bucket = String(latencyBucket(ttftMs));
      this.#ttft[bucket] = (this.#ttft[bucket] ?? 0) + 1;
    }
    if (metered === undefined) return;
    const { usage, costNanoUsd } = metered;
    this.#inputTokens += usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
    this.#cachedInputTokens += usage.cacheReadTokens;
    this.#outputTokens += usage.outputTokens;
    if (generationMs !== undefined) {
      this.#generationMs += generationMs;
      this.#streamedOutputTokens += usage.outputTokens;
    }
    this.#costNanoUsd += costNanoUsd ?? 0;
  }

  counts(): TrafficCounts {
    return {
      requests: this.#requests,
      failures: this.#failures,
      inputTokens: this.#inputTokens,
      cachedInputTokens: this.#cachedInputTokens,
      outputTokens: this.#outputTokens,
      costNanoUsd: this.#costNanoUsd,
      unpricedRequests: this.#unpricedRequests,
      ttft: this.#ttft,
      generationMs: Math.round(this.#generationMs),
      streamedOutputTokens: this.#streamedOutputTokens,
    };
  }
}
