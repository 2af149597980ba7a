import type { ChatCall, Sampling } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { claudeSamplers } from '../anthropic-messages/claude-generation.ts';
import { planThinking } from '../anthropic-messages/encode-thinking.ts';
import type { CallContext } from '../dialect.ts';
import type { Losses } from '../losses.ts';
import { encodeEffort } from './encode-effort.ts';
import { type Family, familyOf } from './family.ts';

/** What belongs to one family of models, and what follows from it for the rest of the call. */
export interface ModelFields {
  readonly additional: JsonObject;
  /** For `outputConfig`. */
  readonly effort?: string;
  /** Temperature and top_p, as far as the model takes them. */
  readonly samplers: Pick<Sampling, 'temperature' | 'topP'>;
  /** Stop sequences, as far as the model takes them. */
  readonly stop: readonly string[];
  /** While it thinks, a model takes no other temperature. */
  readonly thinks: boolean;
}

type Samplers = Pick<Sampling, 'temperature' | 'topP' | 'topK'>;

/** Reasoning settings and `top_k`: Converse has no common place for them, the models' own fields are passed through. */
export function encodeModelFields(call: ChatCall, context: CallContext, maxTokens: number, losses: Losses): ModelFields {
  const family = familyOf(context.model);
  const plan = family === 'claude' ? planThinking(call, context, maxTokens, losses) : undefined;
  const thinks = plan?.thinks ?? false;
  const samplers = samplersOf(call, family, context.model, thinks, losses);
  const { topK } = samplers;
  const topKField = topK === undefined || thinks ? undefined : encodeTopK(topK, context.model);
  if (topK !== undefined && topKField === undefined)
    losses.add('top_k', thinks ? 'the model takes none while it thinks' : 'this model has no counterpart');
  const additional: JsonObject = {
    ...(plan?.thinking !== undefined && { thinking: plan.thinking }),
    ...topKField,
    ...encodeEffort(call, context, family, losses),
  };
  const stop = family === 'gpt' ? [] : call.stop;
  if (stop.length < call.stop.length) losses.add('stop', 'this model takes none');
  return { additional, thinks, samplers, stop, ...(plan?.effort !== undefined && { effort: plan.effort }) };
}

function samplersOf(call: ChatCall, family: Family, model: string, thinks: boolean, losses: Losses): Samplers {
  if (family === 'claude') return claudeSamplers(call.sampling, model, thinks, losses);
  if (family !== 'gpt') return call.sampling;
  const { temperature, topP, topK } = call.sampling;
  if (temperature !== undefined && temperature !== 1) losses.add('temperature', 'this model takes none');
  if (topP !== undefined && topP !== 1) losses.add('top_p', 'this model takes none');
  return topK === undefined ? {} : { topK };
}

function encodeTopK(topK: number, model: string): JsonObject | undefined {
  if (model.includes('anthropic.claude')) return { top_k: topK };
  return model.includes('amazon.nova') ? { inferenceConfig: { topK } } : undefined;
}
