import type { ChatCall, Loss } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { cannotReason } from '../cannot-reason.ts';
import type { CallContext } from '../dialect.ts';
import { Losses } from '../losses.ts';
import { encodeMessages } from './encode-messages.ts';
import { encodeTools } from './encode-tools.ts';

/** Cohere takes no more of them. */
const MAX_STOPS = 5;
/** Cohere's `p` is from 0.01 to 0.99. */
const MIN_P = 0.01;
const MAX_P = 0.99;

/** A call for `/v2/chat`, with what it cannot carry. */
export function encodeCall(call: ChatCall, context: CallContext): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const losses = new Losses();
  const { sampling } = call;
  const body: Record<string, Json | undefined> = {
    model: context.model,
    messages: encodeMessages(call.messages, losses),
    ...encodeTools(call, losses),
    temperature: sampling.temperature,
    p: within(sampling.topP, MIN_P, MAX_P, 'top_p', losses),
    k: sampling.topK,
    frequency_penalty: within(sampling.frequencyPenalty, 0, 1, 'frequency_penalty', losses),
    presence_penalty: within(sampling.presencePenalty, 0, 1, 'presence_penalty', losses),
    seed: sampling.seed,
    max_tokens: call.maxOutputTokens,
    stop_sequences: call.stop.length > 0 ? call.stop.slice(0, MAX_STOPS) : undefined,
    response_format: encodeResponseFormat(call, losses),
    thinking: encodeThinking(call, context, losses),
    ...(call.stream && { stream: true }),
  };
  nameLosses(call, losses);
  for (const name of Object.keys(body)) if (body[name] === undefined) delete body[name];
  return { body, losses: losses.list };
}

function nameLosses(call: ChatCall, losses: Losses): void {
  const { sampling, stop } = call;
  if (stop.length > MAX_STOPS)
    losses.add(call.dialect === 'openai-chat' ? 'stop' : 'stop_sequences', `only the first ${MAX_STOPS} are sent`);
  if (sampling.n !== undefined && sampling.n > 1) losses.add('n', 'Cohere gives one answer');
  if (call.user !== undefined) losses.add(call.dialect === 'anthropic-messages' ? 'metadata.user_id' : 'user', 'Cohere has no counterpart');
  if (call.parallelToolCalls === false && call.tools.length > 0)
    losses.add('parallel_tool_calls', 'Cohere decides itself how many calls it makes');
  losses.addRest(call.rest, 'Cohere has no counterpart');
}

function within(value: number | undefined, least: number, most: number, field: string, losses: Losses): number | undefined {
  if (value === undefined) return undefined;
  const sent = Math.min(most, Math.max(least, value));
  if (sent !== value) losses.add(field, `sent as ${sent}: Cohere takes ${least} to ${most}`);
  return sent;
}

function encodeResponseFormat(call: ChatCall, losses: Losses): JsonObject | undefined {
  const format = call.responseFormat;
  if (format === undefined || format.type === 'text') return undefined;
  if (call.tools.length > 0) {
    losses.add(call.dialect === 'anthropic-messages' ? 'output_config.format' : 'response_format', 'Cohere refuses it together with tools');
    return undefined;
  }
  return { type: 'json_object', ...(format.type === 'json-schema' && { json_schema: format.schema }) };
}

/** On or off, with a budget: Cohere has no efforts. */
function encodeThinking(call: ChatCall, context: CallContext, losses: Losses): JsonObject | undefined {
  const { reasoning } = call;
  if (reasoning === undefined) return undefined;
  const field = call.dialect === 'anthropic-messages' ? 'thinking' : 'reasoning_effort';
  if (cannotReason(context)) {
    if (reasoning.effort !== 'none') losses.add(field, 'the model does not reason');
    return undefined;
  }
  if (reasoning.effort === 'none') return { type: 'disabled' };
  if (reasoning.budgetTokens !== undefined) return { type: 'enabled', token_budget: reasoning.budgetTokens };
  if (reasoning.effort !== undefined && reasoning.effort !== 'high') losses.add(field, 'Cohere reasons or does not; sent as on');
  return { type: 'enabled' };
}
