import type { ProviderModel } from '@headgate/crds';
import { findOperation } from '../operations/registry.ts';
import type { CallFacts } from '../wire/call-facts.ts';

/** Taken as the length of an answer; callers' limits are mostly far above what they get. */
const TYPICAL_OUTPUT_TOKENS = 400;

/** Expected cost of a call in nano-USD, or undefined when the model has no known price. */
export function expectedCostNanoUsd(model: ProviderModel, facts: CallFacts): number | undefined {
  const { pricing } = model;
  if (pricing === undefined) return undefined;
  const tier = pricing.tiers?.findLast(({ aboveInputTokens }) => facts.inputTokens > aboveInputTokens);
  const { inputNanoUsd, outputNanoUsd } = tier ?? pricing;
  return facts.inputTokens * inputNanoUsd + expectedOutputTokens(model, facts) * outputNanoUsd + (pricing.perRequestNanoUsd ?? 0);
}

function expectedOutputTokens(model: ProviderModel, facts: CallFacts): number {
  if (findOperation(facts.operation) !== undefined) return 0;
  return Math.min(TYPICAL_OUTPUT_TOKENS, facts.maxOutputTokens ?? TYPICAL_OUTPUT_TOKENS, model.maxOutputTokens ?? TYPICAL_OUTPUT_TOKENS);
}
