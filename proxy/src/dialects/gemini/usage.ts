import type { Json, JsonObject } from '../../wire/json.ts';
import { asCount, asObject } from '../../wire/read-json.ts';
import { totalInputTokens, type Usage } from '../../wire/usage.ts';

/** Headgate's own member, within the prompt like cached tokens: Google does not bill writes to a cache, others do. */
const CACHE_WRITES = 'cacheWriteTokenCount';

/**
 * `usageMetadata`, or undefined when there is none. Measured on 844 of 844 answers: total = prompt + candidates +
 * thoughts + toolUsePrompt; cached tokens are within the prompt (reference: 1C-2).
 */
export function decodeUsage(value: Json | undefined): Usage | undefined {
  const raw = asObject(value);
  if (raw === undefined) return undefined;
  const prompt = asCount(raw['promptTokenCount']);
  if (prompt === undefined && asCount(raw['totalTokenCount']) === undefined) return undefined;
  const thoughts = asCount(raw['thoughtsTokenCount']) ?? 0;
  const input = (prompt ?? 0) + (asCount(raw['toolUsePromptTokenCount']) ?? 0);
  const cached = Math.min(asCount(raw['cachedContentTokenCount']) ?? 0, input);
  const written = Math.min(asCount(raw[CACHE_WRITES]) ?? 0, input - cached);
  return {
    inputTokens: input - cached - written,
    cacheReadTokens: cached,
    cacheWriteTokens: written,
    outputTokens: (asCount(raw['candidatesTokenCount']) ?? 0) + thoughts,
    reasoningTokens: thoughts,
    raw,
  };
}

export function encodeUsage(usage: Usage): JsonObject {
  if (usage.raw?.['promptTokenCount'] !== undefined) return usage.raw;
  const prompt = totalInputTokens(usage);
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: Math.max(0, usage.outputTokens - usage.reasoningTokens),
    totalTokenCount: prompt + usage.outputTokens,
    ...(usage.cacheReadTokens > 0 && { cachedContentTokenCount: usage.cacheReadTokens }),
    ...(usage.cacheWriteTokens > 0 && { [CACHE_WRITES]: usage.cacheWriteTokens }),
    ...(usage.reasoningTokens > 0 && { thoughtsTokenCount: usage.reasoningTokens }),
  };
}
