import type { ChatCall, ReasoningSettings } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { cannotReason } from '../cannot-reason.ts';
import type { CallContext } from '../dialect.ts';
import type { Losses } from '../losses.ts';
import { isTagged } from '../opaque-text.ts';
import { effortOfBudget } from '../openai-chat/encode-reasoning.ts';
import { claudeGeneration } from './claude-generation.ts';

export interface ThinkingPlan {
  readonly thinking?: JsonObject;
  /** For `output_config.effort`. */
  readonly effort?: string;
  /** Whether the model will think, which narrows what else the request may say. */
  readonly thinks: boolean;
}

const MIN_BUDGET_TOKENS = 1024;

/** Shares of max_tokens as OpenRouter documents them (2026-08). */
const BUDGET_SHARE: Readonly<Record<string, number>> = { minimal: 0.1, low: 0.2, medium: 0.5, high: 0.8, xhigh: 0.95, max: 0.95 };

const NO_THINKING: ThinkingPlan = { thinks: false };

/**
 * Reasoning settings to `thinking` and `output_config.effort`. Models since 4.6 decide themselves how much to think
 * within an effort; older ones get a budget, which has to fit below max_tokens.
 */
export function planThinking(call: ChatCall, context: CallContext, maxTokens: number, losses: Losses): ThinkingPlan {
  const settings = call.reasoning;
  if (settings === undefined) return NO_THINKING;
  if (call.dialect === 'anthropic-messages') return native(settings);
  if (settings.effort === 'none') return { thinking: { type: 'disabled' }, thinks: false };
  const obstacle = obstacleTo(call, context);
  if (obstacle !== undefined) {
    losses.add('reasoning_effort', obstacle);
    return NO_THINKING;
  }
  const { thinksAdaptively, takesEffortsOnly } = claudeGeneration(context.model);
  const effort = settings.effort ?? (takesEffortsOnly ? nearestEffort(settings.budgetTokens, losses) : undefined);
  if (thinksAdaptively && (settings.budgetTokens === undefined || takesEffortsOnly)) {
    if (effort === 'minimal') losses.add('reasoning_effort', 'minimal is sent as low, the least that Anthropic has');
    return { thinking: { type: 'adaptive' }, thinks: true, ...(effort !== undefined && { effort: effort === 'minimal' ? 'low' : effort }) };
  }
  const wanted = settings.budgetTokens ?? Math.floor(maxTokens * (BUDGET_SHARE[effort ?? 'medium'] ?? 0.5));
  if (maxTokens <= MIN_BUDGET_TOKENS) {
    losses.add('reasoning_effort', `max_tokens leaves no room for the ${MIN_BUDGET_TOKENS} tokens of the smallest budget`);
    return NO_THINKING;
  }
  const budget = Math.max(MIN_BUDGET_TOKENS, Math.min(wanted, maxTokens - 1));
  return { thinking: { type: 'enabled', budget_tokens: budget }, thinks: true };
}

function nearestEffort(budgetTokens: number | undefined, losses: Losses): 'low' | 'medium' | 'high' | undefined {
  if (budgetTokens === undefined) return undefined;
  losses.add('reasoning_effort.budget_tokens', 'sent as the nearest effort: the model takes no budget');
  return effortOfBudget(budgetTokens);
}

function native(settings: ReasoningSettings): ThinkingPlan {
  const effort = settings.effort !== undefined && settings.effort !== 'none' ? { effort: settings.effort } : {};
  if (settings.effort === 'none') return { thinking: { type: 'disabled' }, thinks: false };
  if (settings.budgetTokens !== undefined)
    return { thinking: { type: 'enabled', budget_tokens: settings.budgetTokens }, thinks: true, ...effort };
  if (settings.adaptive === true) return { thinking: { type: 'adaptive' }, thinks: true, ...effort };
  return { thinks: false, ...effort };
}

/** Why Anthropic would refuse a request that thinks, or undefined. */
function obstacleTo(call: ChatCall, context: CallContext): string | undefined {
  if (cannotReason(context)) return 'the model does not reason';
  const choice = call.toolChoice?.type;
  if (choice === 'required' || choice === 'tool') return 'Anthropic does not think when a tool is forced';
  if (inUnsignedToolLoop(call)) return 'the turn under way has tool calls without their signed thinking';
  return undefined;
}

/** While tool results are being returned, the turn that asked for them has to start with its own thinking. */
function inUnsignedToolLoop(call: ChatCall): boolean {
  if (call.messages.at(-1)?.role !== 'tool') return false;
  const turn = call.messages.findLast((message) => message.role === 'assistant');
  if (turn?.role !== 'assistant') return false;
  const first = turn.parts.find((part) => part.type !== 'refusal' && !(part.type === 'text' && part.text.trim() === ''));
  if (first?.type === 'reasoning') return first.signature === undefined || isTagged(first.signature);
  return first?.type !== 'redacted-reasoning' || isTagged(first.data);
}
