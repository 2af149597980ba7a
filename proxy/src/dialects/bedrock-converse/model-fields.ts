import type { ChatCall, Sampling } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { claudeSamplers } from '../anthropic-messages/claude-generation.ts';
import { planThinking } from '../anthropic-messages/encode-thinking.ts';
import { cannotReason } from '../cannot-reason.ts';
import type { CallContext } from '../dialect.ts';
import type { Losses } from '../losses.ts';

/** What belongs to one family of models, and what follows from it for the rest of the call. */
export interface ModelFields {
  readonly additional: JsonObject;
  /** For `outputConfig`. */
  readonly effort?: string;
  /** Temperature and top_p, as far as the model takes them. */
  readonly samplers: Pick<Sampling, 'temperature' | 'topP'>;
  /** While it thinks, a model takes no other temperature. */
  readonly thinks: boolean;
}

/** Families beside Claude whose models take an effort, each in a field of its own. */
type Reasoner = 'nova' | 'gpt-oss' | 'qwen';

/** `us.anthropic.claude-...`, `anthropic.claude-...`, and the same inside the ARN of an inference profile. */
function familyOf(model: string): 'claude' | Reasoner | 'other' {
  if (model.includes('anthropic.claude')) return 'claude';
  if (model.includes('amazon.nova-2')) return 'nova';
  if (model.includes('qwen.qwen3')) return 'qwen';
  return model.includes('openai.gpt') ? 'gpt-oss' : 'other';
}

const NOVA_EFFORTS: Readonly<Record<string, string>> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};

/** Reasoning settings and `top_k`: Converse has no common place for them, the models' own fields are passed through. */
export function encodeModelFields(call: ChatCall, context: CallContext, maxTokens: number, losses: Losses): ModelFields {
  const family = familyOf(context.model);
  const plan = family === 'claude' ? planThinking(call, context, maxTokens, losses) : undefined;
  const thinks = plan?.thinks ?? false;
  const samplers = family === 'claude' ? claudeSamplers(call.sampling, context.model, thinks, losses) : call.sampling;
  const { topK } = samplers;
  const topKField = topK === undefined || thinks ? undefined : encodeTopK(topK, context.model);
  if (topK !== undefined && topKField === undefined)
    losses.add('top_k', thinks ? 'the model takes none while it thinks' : 'this model has no counterpart');
  const additional: JsonObject = {
    ...(plan?.thinking !== undefined && { thinking: plan.thinking }),
    ...topKField,
    ...(family === 'claude' ? {} : encodeEffort(call, context, family, losses)),
  };
  return { additional, thinks, samplers, ...(plan?.effort !== undefined && { effort: plan.effort }) };
}

function encodeTopK(topK: number, model: string): JsonObject | undefined {
  if (model.includes('anthropic.claude')) return { top_k: topK };
  return model.includes('amazon.nova') ? { inferenceConfig: { topK } } : undefined;
}

function encodeEffort(call: ChatCall, context: CallContext, family: Reasoner | 'other', losses: Losses): JsonObject {
  const { reasoning } = call;
  if (reasoning === undefined) return {};
  const field = call.dialect === 'anthropic-messages' ? 'thinking' : 'reasoning_effort';
  const effort = reasoning.effort ?? 'medium';
  if (cannotReason(context) || family === 'other') {
    if (effort !== 'none') losses.add(field, cannotReason(context) ? 'the model does not reason' : 'this model has no counterpart');
    return {};
  }
  if (reasoning.budgetTokens !== undefined) losses.add(field, 'the model takes an effort, not a budget');
  if (effort === 'none') return {};
  const level = NOVA_EFFORTS[effort] ?? 'medium';
  switch (family) {
    case 'gpt-oss':
      return { reasoning_effort: level };
    case 'qwen':
      return { reasoning_config: level };
    case 'nova':
      return { reasoningConfig: { type: 'enabled', maxReasoningEffort: level } };
  }
}
