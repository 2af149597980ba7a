import type { ModelPricing } from '@headgate/crds';
import type { Metering } from '../dispatch/attempt.ts';
import { costNanoUsd } from '../wire/price.ts';
import type { Usage } from '../wire/usage.ts';

/** Tokens and cost of one answer. */
export interface MeteredUsage {
  readonly usage: Usage;
  /** The provider told no usage: input is estimated from the request, output from what was streamed. */
  readonly estimated: boolean;
  /** 1e-9 USD, whole; undefined = the model has no price. */
  readonly costNanoUsd: number | undefined;
}

const NANO = 1_000_000_000;
/** No answer has more; a provider that says so is wrong, and one wrong number must not spoil the sums. */
const MAX_TOKENS = 100_000_000;

/** Prices what an answer used, estimating where the provider was silent. */
export function meter(
  metering: Pick<Metering, 'usage' | 'estimatedOutputTokens'>,
  estimatedInputTokens: number,
  pricing: ModelPricing | undefined,
): MeteredUsage {
  const usage = metering.usage === undefined ? estimate(estimatedInputTokens, metering.estimatedOutputTokens) : clamp(metering.usage);
  const cost = costNanoUsd(usage, pricing);
  return { usage, estimated: metering.usage === undefined, costNanoUsd: cost === undefined ? undefined : Math.round(cost) };
}

/** Decimal USD without exponent, e.g. `0.00001234`. */
export function formatUsd(nanoUsd: number): string {
  const dollars = Math.floor(nanoUsd / NANO);
  let digits = nanoUsd - dollars * NANO;
  if (digits === 0) return String(dollars);
  let places = 9;
  while (digits % 10 === 0) {
    digits /= 10;
    places -= 1;
  }
  return `${dollars}.${String(digits).padStart(places, '0')}`;
}

function estimate(inputTokens: number, outputTokens: number): Usage {
  return { inputTokens, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens, reasoningTokens: 0 };
}

function clamp(usage: Usage): Usage {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage;
  if (inputTokens + cacheReadTokens + cacheWriteTokens + outputTokens + reasoningTokens <= MAX_TOKENS) return usage;
  return {
    ...usage,
    inputTokens: Math.min(inputTokens, MAX_TOKENS),
    cacheReadTokens: Math.min(cacheReadTokens, MAX_TOKENS),
    cacheWriteTokens: Math.min(cacheWriteTokens, MAX_TOKENS),
    outputTokens: Math.min(outputTokens, MAX_TOKENS),
    reasoningTokens: Math.min(reasoningTokens, MAX_TOKENS),
  };
}
