import type { ChatCall, Loss } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import type { CallContext } from '../dialect.ts';
import { Losses } from '../losses.ts';
import { encodeConversation } from './encode-messages.ts';
import { encodeToolConfig } from './encode-tools.ts';
import { encodeModelFields, type ModelFields } from './model-fields.ts';

/** What a thinking budget is counted against where neither caller nor catalogue gives a limit. */
const DEFAULT_MAX_TOKENS = 4096;

/** OpenAI's words for Bedrock's service tiers. */
const SERVICE_TIERS: ReadonlySet<unknown> = new Set(['default', 'flex', 'priority']);

/** A call for Converse or ConverseStream, with what it cannot carry. Model and streaming are told by the path. */
export function encodeCall(call: ChatCall, context: CallContext): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const losses = new Losses();
  const maxTokens = call.maxOutputTokens ?? context.maxOutputTokens ?? DEFAULT_MAX_TOKENS;
  const fields = encodeModelFields(call, context, maxTokens, losses);
  const { system, messages } = encodeConversation(call, losses);
  const body: Record<string, Json | undefined> = {
    messages,
    system: system.length > 0 ? system : undefined,
    inferenceConfig: notEmpty(encodeInference(fields.thinks ? maxTokens : call.maxOutputTokens, fields, losses)),
    toolConfig: encodeToolConfig(call, losses),
    additionalModelRequestFields: notEmpty(fields.additional),
    outputConfig: notEmpty(encodeOutput(call, fields.effort, losses)),
    serviceTier: SERVICE_TIERS.has(call.rest['service_tier']) ? { type: call.rest['service_tier'] } : undefined,
  };
  nameLosses(call, losses);
  for (const name of Object.keys(body)) if (body[name] === undefined) delete body[name];
  return { body, losses: losses.list };
}

function encodeInference(maxTokens: number | undefined, { thinks, samplers, stop: taken }: ModelFields, losses: Losses): JsonObject {
  const { temperature, topP } = samplers;
  const stop = taken.filter((text) => text.trim() !== '');
  if (stop.length < taken.length) losses.add('stop', 'Bedrock refuses stop sequences of white space only');
  if (temperature !== undefined && temperature > 1 && !thinks) losses.add('temperature', 'clamped to 1, the highest that Bedrock takes');
  if (temperature !== undefined && temperature !== 1 && thinks) losses.add('temperature', 'the model takes only 1 while it thinks');
  if (topP !== undefined && topP < 0.95 && thinks) losses.add('top_p', 'the model takes only 0.95 to 1 while it thinks');
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && !thinks && { temperature: Math.min(temperature, 1) }),
    ...(topP !== undefined && (!thinks || topP >= 0.95) && { topP }),
    ...(stop.length > 0 && { stopSequences: stop }),
  };
}

/** Schemas travel as text. */
function encodeOutput({ responseFormat: format }: ChatCall, effort: string | undefined, losses: Losses): JsonObject {
  if (format?.type === 'json-object') losses.add('response_format', 'Bedrock has JSON by schema only');
  const jsonSchema =
    format?.type === 'json-schema'
      ? {
          schema: JSON.stringify(format.schema),
          name: format.name,
          ...(format.description !== undefined && { description: format.description }),
        }
      : undefined;
  return {
    ...(jsonSchema && { textFormat: { type: 'json_schema', structure: { jsonSchema } } }),
    ...(effort !== undefined && { effort }),
  };
}

function nameLosses(call: ChatCall, losses: Losses): void {
  const { frequencyPenalty, presencePenalty, seed, n } = call.sampling;
  if (frequencyPenalty !== undefined && frequencyPenalty !== 0) losses.add('frequency_penalty', 'Bedrock has no counterpart');
  if (presencePenalty !== undefined && presencePenalty !== 0) losses.add('presence_penalty', 'Bedrock has no counterpart');
  if (seed !== undefined) losses.add('seed', 'Bedrock has no counterpart');
  if (n !== undefined && n > 1) losses.add('n', 'Bedrock gives one answer');
  if (call.user !== undefined)
    losses.add(call.dialect === 'anthropic-messages' ? 'metadata.user_id' : 'user', 'Bedrock has no counterpart');
  const { service_tier: tier, ...rest } = call.rest;
  losses.addRest(SERVICE_TIERS.has(tier) ? rest : call.rest, 'Bedrock has no counterpart');
}

function notEmpty(object: JsonObject): JsonObject | undefined {
  return Object.keys(object).length > 0 ? object : undefined;
}
