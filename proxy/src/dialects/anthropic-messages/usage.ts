import type { Json, JsonObject } from '../../wire/json.ts';
import { asCount, asObject } from '../../wire/read-json.ts';
import type { Usage } from '../../wire/usage.ts';

/** Anthropic's usage: `input_tokens` leaves out what was read from or written to the cache. */
export function decodeUsage(value: Json | undefined): Usage | undefined {
  const raw = asObject(value);
  if (raw === undefined) return undefined;
  const input = asCount(raw['input_tokens']);
  const output = asCount(raw['output_tokens']);
  if (input === undefined && output === undefined) return undefined;
  const creation = asObject(raw['cache_creation']);
  const byTtl = (asCount(creation?.['ephemeral_5m_input_tokens']) ?? 0) + (asCount(creation?.['ephemeral_1h_input_tokens']) ?? 0);
  return {
    inputTokens: input ?? 0,
    cacheReadTokens: asCount(raw['cache_read_input_tokens']) ?? 0,
    cacheWriteTokens: asCount(raw['cache_creation_input_tokens']) ?? byTtl,
    outputTokens: output ?? 0,
    reasoningTokens: asCount(asObject(raw['output_tokens_details'])?.['thinking_tokens']) ?? 0,
    raw,
  };
}

/** Usage grows over a stream: of each member the last value that was sent counts (server tools change the input). */
export class UsageMerger {
  private merged: JsonObject = {};

  push(value: Json | undefined): Usage | undefined {
    const update = asObject(value);
    if (update === undefined) return undefined;
    const known = Object.entries(update).filter(([, member]) => member !== null);
    this.merged = { ...this.merged, ...Object.fromEntries(known) };
    return decodeUsage(this.merged);
  }
}

export function encodeUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    output_tokens: usage.outputTokens,
    ...(usage.reasoningTokens > 0 && { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
  };
}
