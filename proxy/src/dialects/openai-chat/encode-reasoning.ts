import type { ChatCall } from '../../wire/chat-call.ts';
import { cannotReason } from '../cannot-reason.ts';
import type { CallContext } from '../dialect.ts';
import type { Losses } from '../losses.ts';

/** Token budgets of Google's OpenAI layer: low 1,024, medium 8,192, high 24,576; the steps lie between (2026-08). */
const LOW_BELOW_TOKENS = 4096;
const MEDIUM_BELOW_TOKENS = 16_384;

export function effortOfBudget(budgetTokens: number): 'low' | 'medium' | 'high' {
  if (budgetTokens < LOW_BELOW_TOKENS) return 'low';
  return budgetTokens < MEDIUM_BELOW_TOKENS ? 'medium' : 'high';
}

/** `reasoning_effort`, or undefined where nothing is asked or the model cannot reason. */
export function encodeReasoning(call: ChatCall, context: CallContext, losses: Losses): string | undefined {
  const reasoning = call.reasoning;
  if (reasoning === undefined) return undefined;
  const field = call.dialect === 'openai-chat' ? 'reasoning_effort' : 'thinking';
  if (cannotReason(context)) {
    if (reasoning.effort !== 'none') losses.add(field, 'the model does not reason');
    return undefined;
  }
  // Models that cannot reason refuse even `none`, so it is sent to those only that are known to.
  if (reasoning.effort === 'none' && call.dialect !== 'openai-chat' && !(context.capabilities ?? []).includes('Reasoning')) {
    losses.add(`${field}.type`, 'not known whether the model can reason, so it is not told not to');
    return undefined;
  }
  if (reasoning.effort !== undefined) return reasoning.effort;
  if (reasoning.budgetTokens !== undefined) {
    losses.add(`${field}.budget_tokens`, 'sent as the nearest reasoning_effort');
    return effortOfBudget(reasoning.budgetTokens);
  }
  losses.add(`${field}.type`, "how much to reason is left to the provider's default");
  return undefined;
}
