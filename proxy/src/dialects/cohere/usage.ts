import type { Json, JsonObject } from '../../wire/json.ts';
import { asCount, asObject } from '../../wire/read-json.ts';
import type { Usage } from '../../wire/usage.ts';

/**
 * `usage.tokens` is what the model has read and written, prompt template included; `usage.billed_units` what Cohere
 * charges for. The former is told, the latter where there is no other; the cost is that of the latter.
 */
export function decodeUsage(value: Json | undefined): Usage | undefined {
  const raw = asObject(value);
  const units = asObject(raw?.['billed_units']);
  const tokens = asObject(raw?.['tokens']) ?? units;
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
    ...billedTokens(units, input ?? 0, output ?? 0),
    raw,
  };
}

/** Never more than the model has read and written. */
function billedTokens(units: JsonObject | undefined, input: number, output: number): Pick<Usage, 'billed'> {
  const inputTokens = asCount(units?.['input_tokens']);
  const outputTokens = asCount(units?.['output_tokens']);
  if (inputTokens === undefined || outputTokens === undefined) return {};
  return { billed: { inputTokens: Math.min(inputTokens, input), outputTokens: Math.min(outputTokens, output) } };
}
