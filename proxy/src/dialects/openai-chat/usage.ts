import type { Json, JsonObject } from '../../wire/json.ts';
import { asCount, asObject } from '../../wire/read-json.ts';
import { totalInputTokens, type Usage } from '../../wire/usage.ts';

/**
 * Usage of any OpenAI-compatible provider (reference: 1D.2), or undefined when there is none. `prompt_tokens` contains
 * cached tokens, wherever the vendor writes those down.
 */
export function decodeUsage(value: Json | undefined): Usage | undefined {
  const raw = asObject(value);
  const prompt = asCount(raw?.['prompt_tokens']) ?? asCount(raw?.['input_tokens']) ?? asCount(raw?.['total_tokens']);
  if (raw === undefined || prompt === undefined) return undefined;
  const details = asObject(raw['prompt_tokens_details']);
  const cached =
    asCount(details?.['cached_tokens']) ??
    asCount(raw['prompt_cache_hit_tokens']) ??
    asCount(raw['num_cached_tokens']) ??
    asCount(raw['cached_tokens']) ??
    asCount(raw['cache_read_input_tokens']) ??
    0;
  const written = asCount(details?.['cache_write_tokens']) ?? asCount(raw['cache_creation_input_tokens']) ?? 0;
  const reasoning = asCount(asObject(raw['completion_tokens_details'])?.['reasoning_tokens']) ?? asCount(raw['reasoning_tokens']) ?? 0;
  const uncached = prompt - cached - written;
  return {
    // More cached than prompt tokens: this vendor counts them apart.
    inputTokens: uncached >= 0 ? uncached : prompt,
    cacheReadTokens: cached,
    cacheWriteTokens: written,
    outputTokens: outputTokens(raw, prompt, reasoning),
    reasoningTokens: reasoning,
    raw,
  };
}

/** DeepInfra and xAI leave reasoning out of `completion_tokens`; the total, or its size, gives it away. */
function outputTokens(raw: JsonObject, prompt: number, reasoning: number): number {
  const completion = asCount(raw['completion_tokens']) ?? asCount(raw['output_tokens']) ?? 0;
  const leftOut = reasoning > completion || (reasoning > 0 && asCount(raw['total_tokens']) === prompt + completion + reasoning);
  return leftOut ? completion + reasoning : completion;
}

export function encodeUsage(usage: Usage): JsonObject {
  const prompt = totalInputTokens(usage);
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      ...(usage.cacheWriteTokens > 0 && { cache_write_tokens: usage.cacheWriteTokens }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}
