import type { ChatCall } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { cannotReason } from '../cannot-reason.ts';
import type { CallContext } from '../dialect.ts';
import type { Losses } from '../losses.ts';
import type { ModelFamily } from './model-family.ts';

type Reasoning = NonNullable<ChatCall['reasoning']>;
type Effort = NonNullable<Reasoning['effort']>;

/** As Google's own OpenAI layer translates them (ai.google.dev, OpenAI compatibility, 2026-08). */
const BUDGETS: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};
/** Gemini 2.5 Pro thinks at least this much, and cannot be told not to. */
const LEAST_OF_PRO = 128;
const MOST = 24_576;
const MOST_OF_PRO = 32_768;

/** Where callers of other dialects ask for it. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ['anthropic-messages', 'thinking'],
  ['gemini', 'generationConfig.thinkingConfig'],
  ['openai-responses', 'reasoning.effort'],
]);

/**
 * `thinkingConfig`: a level for Gemini 3, a budget for the ones before and for callers who count in tokens, never both,
 * which Google refuses. Thoughts are asked for whenever the caller asks for reasoning.
 */
export function encodeThinking(call: ChatCall, context: CallContext, family: ModelFamily, losses: Losses): JsonObject | undefined {
  const { reasoning } = call;
  if (reasoning === undefined) return undefined;
  if (call.dialect === 'gemini') return native(reasoning);
  const field = FIELDS.get(call.dialect ?? '') ?? 'reasoning_effort';
  if (cannotReason(context)) {
    if (reasoning.effort !== 'none') losses.add(field, 'the model does not reason');
    return undefined;
  }
  const { effort, budgetTokens } = reasoning;
  if (effort === 'none') return turnedOff(field, family, losses);
  if (effort === 'xhigh' || effort === 'max') losses.add(field, `${effort} is sent as high, the most that Gemini has`);
  if (effort !== undefined && (family.takesLevels || budgetTokens === undefined))
    return {
      includeThoughts: true,
      ...(family.takesLevels ? { thinkingLevel: levelOf(effort, family) } : { thinkingBudget: BUDGETS[effort] }),
    };
  if (budgetTokens === undefined) return { includeThoughts: true };
  const most = family.isPro || family.takesLevels ? MOST_OF_PRO : MOST;
  if (budgetTokens > most) losses.add(field, `${budgetTokens} tokens are sent as ${most}, the most that the model takes`);
  return { includeThoughts: true, thinkingBudget: Math.min(budgetTokens, most) };
}

/** A caller who speaks Gemini has chosen for the model. */
function native({ effort, budgetTokens }: Reasoning): JsonObject {
  if (effort === 'none') return { thinkingBudget: 0 };
  if (effort !== undefined) return { includeThoughts: true, thinkingLevel: effort.toUpperCase() };
  return { includeThoughts: true, ...(budgetTokens !== undefined && { thinkingBudget: budgetTokens }) };
}

function turnedOff(field: string, family: ModelFamily, losses: Losses): JsonObject {
  if (!family.isPro && !family.takesLevels) return { thinkingBudget: 0 };
  losses.add(field, 'the model cannot be told not to think; sent as the least it takes');
  if (!family.takesLevels) return { thinkingBudget: LEAST_OF_PRO };
  return { thinkingLevel: family.isPro ? 'LOW' : 'MINIMAL' };
}

function levelOf(effort: Effort, family: ModelFamily): string {
  if (effort === 'minimal') return family.isPro ? 'LOW' : 'MINIMAL';
  if (effort === 'xhigh' || effort === 'max') return 'HIGH';
  return effort.toUpperCase();
}
