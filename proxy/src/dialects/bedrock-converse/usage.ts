import type { Json } from '../../wire/json.ts';
import { asCount, asObject } from '../../wire/read-json.ts';
import type { Usage } from '../../wire/usage.ts';

/** Converse's usage: `inputTokens` leaves out what was read from or written to the cache. */
export function decodeUsage(value: Json | undefined): Usage | undefined {
  const raw = asObject(value);
  const input = asCount(raw?.['inputTokens']);
  const output = asCount(raw?.['outputTokens']);
  if (raw === undefined || (input === undefined && output === undefined)) return undefined;
  return {
    inputTokens: input ?? 0,
    cacheReadTokens: asCount(raw['cacheReadInputTokens']) ?? asCount(raw['cacheReadInputTokenCount']) ?? 0,
    cacheWriteTokens: asCount(raw['cacheWriteInputTokens']) ?? asCount(raw['cacheWriteInputTokenCount']) ?? 0,
    outputTokens: output ?? 0,
    reasoningTokens: 0,
    raw,
  };
}
