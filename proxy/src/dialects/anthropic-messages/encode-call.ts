import type { ChatCall, Loss } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asObject } from '../../wire/read-json.ts';
import type { CallContext } from '../dialect.ts';
import { Losses } from '../losses.ts';
import { closeSchema } from './closed-schema.ts';
import { encodeConversation } from './encode-messages.ts';
import { encodeSampling } from './encode-sampling.ts';
import { planThinking } from './encode-thinking.ts';
import { encodeToolChoice, encodeTools } from './encode-tools.ts';

/** Anthropic requires a limit; every model since Claude 3 allows this one. */
const DEFAULT_MAX_TOKENS = 4096;

/** A call for Anthropic's messages API, with what it cannot carry. */
export function encodeCall(call: ChatCall, context: CallContext): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const losses = new Losses();
  const own = call.dialect === 'anthropic-messages';
  const maxTokens = call.maxOutputTokens ?? context.maxOutputTokens ?? DEFAULT_MAX_TOKENS;
  const plan = planThinking(call, context, maxTokens, losses);
  const { system, messages } = encodeConversation(call, losses);
  const tools = encodeTools(call, losses);
  const body: Record<string, Json | undefined> = {
    model: context.model,
    max_tokens: maxTokens,
    system,
    messages,
    ...(tools.length > 0 && { tools, tool_choice: encodeToolChoice(call, losses) }),
    ...encodeSampling(call, context.model, plan.thinks, losses),
    stop_sequences: encodeStop(call, losses),
    thinking: plan.thinking,
    output_config: outputConfig(call, plan.effort, losses),
    metadata: call.user === undefined ? undefined : { user_id: call.user },
    stream: call.stream ? true : undefined,
  };
  addRest(body, call, own, losses);
  for (const field of context.quirks.unsupportedFields ?? []) {
    if (body[field] === undefined) continue;
    body[field] = undefined;
    losses.add(field, 'this provider refuses the field');
  }
  return { body: Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)), losses: losses.list };
}

function encodeStop(call: ChatCall, losses: Losses): readonly string[] | undefined {
  const usable = call.stop.filter((text) => text.trim() !== '');
  if (usable.length < call.stop.length) losses.add('stop', 'Anthropic refuses stop sequences of white space only');
  return usable.length > 0 ? usable : undefined;
}

function outputConfig(call: ChatCall, effort: string | undefined, losses: Losses): JsonObject | undefined {
  const format = call.responseFormat;
  if (format?.type === 'json-object') losses.add('response_format', 'Anthropic has JSON by schema only');
  if (format?.type === 'json-schema' && format.description !== undefined) {
    losses.add('response_format.json_schema.description', 'Anthropic has no place for it');
  }
  const wanted = format?.type === 'json-schema' ? { type: 'json_schema', schema: answerSchema(format.schema, call, losses) } : undefined;
  return effort === undefined && wanted === undefined
    ? undefined
    : { ...(effort !== undefined && { effort }), ...(wanted && { format: wanted }) };
}

function answerSchema(original: JsonObject, call: ChatCall, losses: Losses): JsonObject {
  if (call.dialect === 'anthropic-messages') return original;
  const { schema, closed, removed } = closeSchema(original);
  if (closed) losses.add('response_format.json_schema.schema', 'objects that leave it open are closed, as Anthropic demands');
  if (removed.size > 0) losses.add('response_format.json_schema.schema', `Anthropic refuses ${[...removed].join(', ')} in it`);
  return schema;
}

function addRest(body: Record<string, Json | undefined>, call: ChatCall, own: boolean, losses: Losses): void {
  if (!own) {
    const { service_tier: tier, ...rest } = call.rest;
    // OpenAI's `default` and Anthropic's `standard_only` both mean: no priority capacity.
    if (tier === 'default') body['service_tier'] = 'standard_only';
    else losses.addRest({ service_tier: tier }, 'Anthropic has no such tier');
    losses.addRest(rest, 'Anthropic messages have no counterpart');
    return;
  }
  for (const [name, value] of Object.entries(call.rest)) {
    const present = asObject(body[name]);
    const more = asObject(value);
    body[name] = present !== undefined && more !== undefined ? { ...present, ...more } : value;
  }
}
