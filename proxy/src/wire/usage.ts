import type { JsonObject } from './json.ts';

/**
 * Tokens of one answer, normalised. The four input kinds do not overlap: total input = inputTokens + cacheReadTokens +
 * cacheWriteTokens. `reasoningTokens` is contained in `outputTokens`.
 */
export interface Usage {
  /** Input that was neither read from nor written to a prompt cache. */
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** What the provider charges for, where that is not what the model has read and written (Cohere). */
  readonly billed?: { readonly inputTokens: number; readonly outputTokens: number };
  /** The provider's own record, for callers of the same dialect. */
  readonly raw?: JsonObject;
}

export const NOTHING_USED: Usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };

export function totalInputTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}
