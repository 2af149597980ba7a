import type { ChatCall, Loss } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asObject } from '../../wire/read-json.ts';
import { withFunctionsOnly } from '../custom-tools.ts';
import type { CallContext } from '../dialect.ts';
import { Losses } from '../losses.ts';
import { encodeMessages } from './encode-messages.ts';
import { encodeReasoning } from './encode-reasoning.ts';
import { encodeResponseFormat, encodeToolChoice, encodeTools } from './encode-tools.ts';
import { adaptToReasoningModel } from './reasoning-model.ts';
import { SHARED_FIELDS } from './shared-fields.ts';

/** A call for an OpenAI-compatible provider, with what it cannot carry. */
export function encodeCall(asked: ChatCall, context: CallContext): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const losses = new Losses();
  const own = asked.dialect === undefined || asked.dialect === 'openai-chat';
  // Only OpenAI's own models know custom tools, and they are asked in the caller's dialect.
  const call = own ? asked : withFunctionsOnly(asked);
  const { sampling, quirks } = { sampling: call.sampling, quirks: context.quirks };
  const tools = encodeTools(call, losses);
  const body: Record<string, Json | undefined> = {
    model: context.model,
    messages: encodeMessages(call, quirks, losses),
    ...(tools.length > 0 && { tools, tool_choice: encodeToolChoice(call, losses), parallel_tool_calls: call.parallelToolCalls }),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: own ? sampling.topK : undefined,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
    n: sampling.n,
    stop: call.stop.length > 0 ? call.stop : undefined,
    [quirks.maxTokensField ?? 'max_tokens']: call.maxOutputTokens,
    response_format: encodeResponseFormat(call.responseFormat),
    reasoning_effort: encodeReasoning(call, context, losses),
    user: call.user,
    ...(call.stream && { stream: true, stream_options: quirks.noStreamOptions === true ? undefined : { include_usage: true } }),
    ...(own && call.rest),
  };
  if (!own) {
    if (sampling.topK !== undefined) losses.add('top_k', 'OpenAI-compatible providers have no common field for it');
    losses.addRest(carryShared(call, body), 'OpenAI chat completions have no counterpart');
    if (call.dialect !== 'openai-responses') adaptToReasoningModel(body, call, context.model, losses);
  }
  for (const field of quirks.unsupportedFields ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    losses.add(field, 'this provider refuses the field');
  }
  return { body: withoutUndefined(body), losses: losses.list };
}

/** Puts what responses and chat completions have in common into the body; the others are left. */
function carryShared(call: ChatCall, body: Record<string, Json | undefined>): JsonObject {
  if (call.dialect !== 'openai-responses') return call.rest;
  const rest: Record<string, Json | undefined> = { ...call.rest };
  for (const field of SHARED_FIELDS) {
    if (rest[field] !== undefined) body[field] = rest[field];
    delete rest[field];
  }
  const { verbosity, ...text } = asObject(rest['text']) ?? {};
  if (verbosity !== undefined) body['verbosity'] = verbosity;
  return { ...rest, text };
}

function withoutUndefined(body: Record<string, Json | undefined>): JsonObject {
  for (const name of Object.keys(body)) {
    if (body[name] === undefined) delete body[name];
  }
  return body;
}
