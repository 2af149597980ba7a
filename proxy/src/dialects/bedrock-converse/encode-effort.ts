import type { ChatCall, ReasoningSettings } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { cannotReason } from '../cannot-reason.ts';
import type { CallContext } from '../dialect.ts';
import type { Losses } from '../losses.ts';
import type { Family } from './family.ts';

type Effort = NonNullable<ReasoningSettings['effort']>;

/** The levels that all of these families know. */
const THREE_LEVELS: Readonly<Record<Exclude<Effort, 'none'>, string>> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};

/** How much a model other than Claude is to reason, in the field that its family has for it. */
export function encodeEffort(call: ChatCall, context: CallContext, family: Family, losses: Losses): JsonObject {
  const { reasoning } = call;
  if (reasoning === undefined || family === 'claude') return {};
  const field = call.dialect === 'anthropic-messages' ? 'thinking' : 'reasoning_effort';
  const effort = reasoning.effort ?? 'medium';
  if (cannotReason(context) || family === 'other') {
    if (effort !== 'none') losses.add(field, cannotReason(context) ? 'the model does not reason' : 'this model has no counterpart');
    return {};
  }
  if (reasoning.budgetTokens !== undefined) losses.add(field, 'the model takes an effort, not a budget');
  if (family === 'gpt') return { reasoning: { effort: effort === 'minimal' ? 'low' : effort } };
  if (effort === 'none') return {};
  switch (family) {
    case 'gpt-oss':
      return { reasoning_effort: THREE_LEVELS[effort] };
    case 'qwen':
      return { reasoning_config: THREE_LEVELS[effort] };
    case 'nova':
      return { reasoningConfig: { type: 'enabled', maxReasoningEffort: novaEffort(call, THREE_LEVELS[effort], field, losses) } };
  }
}

/** With a high effort Nova refuses a limit and samplers, which are the stronger wishes. */
function novaEffort(call: ChatCall, level: string, field: string, losses: Losses): string {
  const { temperature, topP } = call.sampling;
  if (level !== 'high' || (call.maxOutputTokens === undefined && temperature === undefined && topP === undefined)) return level;
  losses.add(field, 'sent as medium: with high the model takes no limit, no temperature and no top_p');
  return 'medium';
}
