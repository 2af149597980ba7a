import type { Json, JsonObject } from '../../wire/json.ts';
import { asCount, asObject } from '../../wire/read-json.ts';
import { totalInputTokens, type Usage } from '../../wire/usage.ts';

/** Usage of the responses API; `input_tokens` contains cached tokens, `output_tokens` reasoning. */
export function decodeUsage(value: Json | undefined): Usage | undefined {
  const raw = asObject(value);
  const input = asCount(raw?.['input_tokens']);
  if (raw === undefined || input === undefined) return undefined;
  const details = asObject(raw['input_tokens_details']);
  const cached = asCount(details?.['cached_tokens']) ?? 0;
  const written = asCount(details?.['cache_write_tokens']) ?? 0;
  return {
    inputTokens: Math.max(0, input - cached - written),
    cacheReadTokens: cached,
    cacheWriteTokens: written,
    outputTokens: asCount(raw['output_tokens']) ?? 0,
    reasoningTokens: asCount(asObject(raw['output_tokens_details'])?.['reasoning_tokens']) ?? 0,
    raw,
  };
}

export function encodeUsage(usage: Usage): JsonObject {
  const input = totalInputTokens(usage);
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      ...(usage.cacheWriteTokens > 0 && { cache_write_tokens: usage.cacheWriteTokens }),
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: input + usage.outputTokens,
  };
}
