import type { Usage } from '../wire/usage.ts';

/** Usage of an answer that has no output tokens; undefined = the vendor did not tell. */
export function inputUsage(inputTokens: number | undefined): Usage | undefined {
  if (inputTokens === undefined) return undefined;
  return { inputTokens, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };
}
