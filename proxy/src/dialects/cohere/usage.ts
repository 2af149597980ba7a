import type { Json } from '../../wire/json.ts';
import { asCount, asObject } from '../../wire/read-json.ts';
import type { Usage } from '../../wire/usage.ts';

/**
 * `usage.tokens` is what the model has read and written, prompt template included; `usage.billed_units`, which stays in
 * the raw record, what Cohere charges for. The former is told, the latter where there is no other.
 */
export function decodeUsage(value: Json | undefined): Usage | undefined {
  const raw = asObject(value);
  const tokens = asObject(raw?.['tokens']) ?? asObject(raw?.['billed_units']);
  const input = asCount(tokens?.['input_tokens']);
  const output = asCount(tokens?.['output_tokens']);
  if (raw === undefined || (input === undefined && output === undefined)) return undefined;
  const cached = Math.min(asCount(raw['cached_tokens']) ?? 0, input ?? 0);
  return {
    inputTokens: (input ?? 0) - cached,
    cacheReadTokens: cached,
    cacheWriteTokens: 0,
    outputTokens: output ?? 0,
    reasoningTokens: 0,
    raw,
  };
}
