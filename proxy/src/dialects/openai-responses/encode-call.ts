import type { ChatCall, Loss, ResponseFormat } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asObject } from '../../wire/read-json.ts';
import type { CallContext } from '../dialect.ts';
import { Losses } from '../losses.ts';
import { encodeReasoning } from '../openai-chat/encode-reasoning.ts';
import { adaptToReasoningModel } from '../openai-chat/reasoning-model.ts';
import { SHARED_FIELDS } from '../openai-chat/shared-fields.ts';
import { encodeInput } from './encode-input.ts';
import { encodeToolChoice, encodeTools } from './encode-tools.ts';

/** A call for the responses API. Nothing is stored there: the caller keeps the conversation. */
export function encodeCall(call: ChatCall, context: CallContext): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const losses = new Losses();
  const own = call.dialect === 'openai-responses';
  const { instructions, input } = encodeInput(call, losses);
  const tools = encodeTools(call, losses);
  const effort = encodeReasoning(call, context, losses);
  const text = encodeFormat(call.responseFormat);
  const reasons = effort !== undefined || (context.capabilities ?? []).includes('Reasoning');
  const body: Record<string, Json | undefined> = {
    model: context.model,
    instructions,
    input,
    ...(tools.length > 0 && { tools, tool_choice: encodeToolChoice(call, losses), parallel_tool_calls: call.parallelToolCalls }),
    temperature: call.sampling.temperature,
    top_p: call.sampling.topP,
    max_output_tokens: call.maxOutputTokens,
    text: text === undefined ? undefined : { format: text },
    reasoning: effort === undefined ? undefined : { effort },
    user: call.user,
    stream: call.stream ? true : undefined,
    ...(!own && { store: false, include: reasons ? ['reasoning.encrypted_content'] : undefined }),
  };
  addUnsupported(call, losses);
  if (!own && call.dialect !== 'openai-chat') adaptToReasoningModel(body, call, context.model, losses);
  addRest(body, call, own, losses);
  for (const field of context.quirks.unsupportedFields ?? []) {
    if (body[field] === undefined) continue;
    body[field] = undefined;
    losses.add(field, 'this provider refuses the field');
  }
  return { body: Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)), losses: losses.list };
}

function addUnsupported(call: ChatCall, losses: Losses): void {
  const { topK, frequencyPenalty, presencePenalty, seed, n } = call.sampling;
  const reason = 'OpenAI responses have no counterpart';
  if (topK !== undefined) losses.add('top_k', reason);
  if ((frequencyPenalty ?? 0) !== 0) losses.add('frequency_penalty', reason);
  if ((presencePenalty ?? 0) !== 0) losses.add('presence_penalty', reason);
  if (seed !== undefined) losses.add('seed', reason);
  if (n !== undefined && n !== 1) losses.add('n', reason);
  if (call.stop.length > 0) losses.add(call.dialect === 'anthropic-messages' ? 'stop_sequences' : 'stop', reason);
}

function addRest(body: Record<string, Json | undefined>, call: ChatCall, own: boolean, losses: Losses): void {
  if (!own) {
    const rest: Record<string, Json | undefined> = { ...call.rest };
    if (call.dialect === 'openai-chat') {
      for (const field of SHARED_FIELDS) {
        if (rest[field] !== undefined) body[field] = rest[field];
        delete rest[field];
      }
      if (rest['verbosity'] !== undefined) body['text'] = { ...asObject(body['text']), verbosity: rest['verbosity'] };
      delete rest['verbosity'];
    }
    losses.addRest(rest, 'OpenAI responses have no counterpart');
    return;
  }
  for (const [name, value] of Object.entries(call.rest)) {
    // Stands in the input itself.
    if (name === 'item_reference') continue;
    const present = asObject(body[name]);
    const more = asObject(value);
    body[name] = present !== undefined && more !== undefined ? { ...present, ...more } : value;
  }
}

function encodeFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  switch (format?.type) {
    case undefined:
      return undefined;
    case 'text':
      return { type: 'text' };
    case 'json-object':
      return { type: 'json_object' };
    case 'json-schema': {
      const { name, description, schema, strict } = format;
      return { type: 'json_schema', name, description, schema, strict };
    }
  }
}
