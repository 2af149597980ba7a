import type { ModelPricing, PricingTier } from '@headgate/crds';
import { totalInputTokens, type Usage } from './usage.ts';

/**
 * Cost of one answer in integer nano-USD (1e-9 USD), or undefined when the model has no price: unknown is never zero.
 * Prices per token may be fractions of a nano-USD, so the sum is rounded once; doubles are exact far beyond any bill.
 */
export function costNanoUsd(usage: Usage, pricing: ModelPricing | undefined): number | undefined {
  if (pricing === undefined) return undefined;
  if (usage.billed !== undefined) return costNanoUsd(asBilled(usage.billed), pricing);
  const rates = ratesFor(totalInputTokens(usage), pricing);
  return Math.round(
    usage.inputTokens * rates.inputNanoUsd +
      usage.cacheReadTokens * (rates.cachedInputNanoUsd ?? rates.inputNanoUsd) +
      usage.cacheWriteTokens * (rates.cacheWriteNanoUsd ?? rates.inputNanoUsd) +
      usage.outputTokens * rates.outputNanoUsd +
      (pricing.perRequestNanoUsd ?? 0),
  );
}

function asBilled(billed: NonNullable<Usage['billed']>): Usage {
  return { ...billed, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
}

/** The last tier exceeded applies to the whole request; its absent cache prices fall back within the tier. */
function ratesFor(inputTokens: number, pricing: ModelPricing): ModelPricing | PricingTier {
  return pricing.tiers?.findLast((tier) => inputTokens > tier.aboveInputTokens) ?? pricing;
}
