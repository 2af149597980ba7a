import type { ModelPricing, PricingTier } from '@headgate/crds';
import { totalInputTokens, type Usage } from './usage.ts';

/**
 * Cost of one answer in integer nano-USD (1e-9 USD), or undefined when the model has no price: unknown is never zero.
 * Exact: prices are integers per token, and a billion tokens at 1,000 USD per million stay far below 2^53.
 */
export function costNanoUsd(usage: Usage, pricing: ModelPricing | undefined): number | undefined {
  if (pricing === undefined) return undefined;
  const rates = ratesFor(totalInputTokens(usage), pricing);
  return (
    usage.inputTokens * rates.inputNanoUsd +
    usage.cacheReadTokens * (rates.cachedInputNanoUsd ?? rates.inputNanoUsd) +
    usage.cacheWriteTokens * (rates.cacheWriteNanoUsd ?? rates.inputNanoUsd) +
    usage.outputTokens * rates.outputNanoUsd +
    (pricing.perRequestNanoUsd ?? 0)
  );
}

/** The last tier exceeded applies to the whole request; its absent cache prices fall back within the tier. */
function ratesFor(inputTokens: number, pricing: ModelPricing): ModelPricing | PricingTier {
  return pricing.tiers?.findLast((tier) => inputTokens > tier.aboveInputTokens) ?? pricing;
}
