import type { Json, JsonObject } from '../../wire/json.ts';
import { asCount, asObject } from '../../wire/read-json.ts';
import { totalInputTokens, type Usage } from '../../wire/usage.ts';
import { camelMembers } from './camel-case.ts';

/** Headgate's own member, within the prompt like cached tokens: Google does not bill writes to a cache, others do. */
const CACHE_WRITES = 'cacheWriteTokenCount';

/**
 * `usageMetadata`, or undefined when there is none. Measured on 844 of 844 answers: total = prompt + candidates +
 * thoughts + toolUsePrompt; cached tokens are within the prompt (reference: 1C-2).
 */
export function decodeUsage(value: Json | undefined): Usage | undefined {
  const raw = asObject(value);
  if (raw === undefined) return undefined;
  const counts = camelMembers(raw);
  const count = (name: string): number | undefined => asCount(counts[name]);
  const prompt = count('promptTokenCount');
  const total = count('totalTokenCount');
  if (prompt === undefined && total === undefined) return undefined;
  const thoughts = count('thoughtsTokenCount') ?? 0;
  const input = (prompt ?? 0) + (count('toolUsePromptTokenCount') ?? 0);
  const cached = Math.min(count('cachedContentTokenCount') ?? 0, input);
  const written = Math.min(count(CACHE_WRITES) ?? 0, input - cached);
  return {
    inputTokens: input - cached - written,
    cacheReadTokens: cached,
    cacheWriteTokens: written,
    outputTokens: (count('candidatesTokenCount') ?? 0) + thoughts,
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
