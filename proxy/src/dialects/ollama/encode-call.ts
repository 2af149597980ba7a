import type { ChatCall, Loss } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { cannotReason } from '../cannot-reason.ts';
import type { CallContext } from '../dialect.ts';
import { Losses } from '../losses.ts';
import { foreignFields } from '../opaque.ts';
import { encodeMessages } from './encode-messages.ts';

/** A call for `/api/chat`, with what it cannot carry. */
export function encodeCall(call: ChatCall, context: CallContext): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const losses = new Losses();
  const tools = encodeTools(call, losses);
  const options = encodeOptions(call);
  const format = encodeFormat(call);
  const think = encodeThinking(call, context, losses);
  nameLosses(call, losses);
  const body = {
    model: context.model,
    messages: encodeMessages(call.messages, losses),
    ...(tools.length > 0 && { tools }),
    ...(format !== undefined && { format }),
    ...(think !== undefined && { think }),
    ...(Object.keys(options).length > 0 && { options }),
    // Left out, Ollama streams.
    stream: call.stream,
  };
  return { body, losses: losses.list };
}

function encodeOptions(call: ChatCall): JsonObject {
  const { sampling, stop } = call;
  const options: Record<string, Json | undefined> = {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
    num_predict: call.maxOutputTokens,
    stop: stop.length > 0 ? stop : undefined,
  };
  for (const name of Object.keys(options)) if (options[name] === undefined) delete options[name];
  return options;
}

/** Without a tool choice, tools that must not be called cannot be offered. */
function encodeTools(call: ChatCall, losses: Losses): readonly JsonObject[] {
  const choice = call.toolChoice?.type;
  if (choice === 'none' && call.tools.length > 0) losses.add('tool_choice', 'tools that may not be called are not offered at all');
  if (choice === 'none') return [];
  if (choice !== undefined && choice !== 'auto' && call.tools.length > 0)
    losses.add('tool_choice', 'Ollama leaves the choice to the model');
  return call.tools.flatMap((tool, index) => {
    const path = `tools[${index}]`;
    if (tool.other !== undefined) {
      losses.add(path, `${tool.name} is known to ${tool.other.dialect} only`);
      return [];
    }
    if (tool.strict === true) losses.add(`${path}.strict`, 'Ollama does not hold calls to their schema');
    losses.addOpaque(foreignFields(tool.opaque, 'ollama'), path, 'Ollama');
    const { name, description, parameters } = tool;
    const parts = { ...(description !== undefined && { description }), ...(parameters !== undefined && { parameters }) };
    return [{ type: 'function', function: { name, ...parts } }];
  });
}

function encodeFormat(call: ChatCall): Json | undefined {
  const format = call.responseFormat;
  if (format?.type === 'json-object') return 'json';
  return format?.type === 'json-schema' ? format.schema : undefined;
}

/** On or off; gpt-oss knows levels and no off. */
function encodeThinking(call: ChatCall, context: CallContext, losses: Losses): boolean | string | undefined {
  const { reasoning } = call;
  if (reasoning === undefined) return undefined;
  const field = call.dialect === 'anthropic-messages' ? 'thinking' : 'reasoning_effort';
  if (cannotReason(context)) {
    if (reasoning.effort !== 'none') losses.add(field, 'the model does not reason');
    return undefined;
  }
  const { effort, budgetTokens } = reasoning;
  if (budgetTokens !== undefined) losses.add(`${field}.budget_tokens`, 'Ollama has no budgets');
  if (!/gpt-oss/.test(context.model)) {
    if (effort !== undefined && effort !== 'none') losses.add(field, 'the model reasons or does not; sent as on');
    return effort !== 'none';
  }
  const level = LEVELS.find((known) => known === effort);
  if (effort !== undefined && level === undefined) losses.add(field, `${effort} is sent as the nearest level`);
  return level ?? (effort === 'none' || effort === 'minimal' ? 'low' : effort === undefined ? true : 'high');
}

const LEVELS = ['low', 'medium', 'high'] as const;

function nameLosses(call: ChatCall, losses: Losses): void {
  if (call.sampling.n !== undefined && call.sampling.n > 1) losses.add('n', 'Ollama gives one answer');
  if (call.user !== undefined) losses.add(call.dialect === 'anthropic-messages' ? 'metadata.user_id' : 'user', 'Ollama has no counterpart');
  if (call.parallelToolCalls === false && call.tools.length > 0) losses.add('parallel_tool_calls', 'Ollama leaves the choice to the model');
  losses.addRest(call.rest, 'Ollama has no counterpart');
}
