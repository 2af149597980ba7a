import type { ChatCall, Loss } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asObject } from '../../wire/read-json.ts';
import type { CallContext } from '../dialect.ts';
import { Losses } from '../losses.ts';
import { encodeConversation } from './encode-contents.ts';
import { encodeThinking } from './encode-thinking.ts';
import { encodeToolChoice, encodeTools } from './encode-tools.ts';
import { readGoogleExtra } from './google-extra.ts';
import { type ModelFamily, modelFamily } from './model-family.ts';
import { DIALECT } from './thought-signature.ts';

/** Gemini takes no more of them. */
const MAX_STOPS = 5;

/** A call for `generateContent`, with what it cannot carry. Model and streaming go into the path. */
export function encodeCall(call: ChatCall, context: CallContext): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const losses = new Losses();
  const family = modelFamily(context.model);
  const own = call.dialect === undefined || call.dialect === DIALECT;
  const rest = own ? call.rest : {};
  const extra = readGoogleExtra(own ? {} : call.rest);
  const tools = encodeTools(call, losses);
  const hasFunctions = call.tools.some((tool) => tool.other === undefined);
  const generationConfig = {
    ...encodeGenerationConfig(call, context, family, losses),
    ...extra.generationConfig,
    ...asObject(rest['generationConfig']),
  };
  const toolConfig = mergedToolConfig(hasFunctions ? encodeToolChoice(call, losses) : undefined, asObject(rest['toolConfig']));
  if (call.parallelToolCalls === false && hasFunctions) losses.add('parallel_tool_calls', 'Gemini decides itself how many calls it makes');
  if (call.user !== undefined) losses.add(call.dialect === 'anthropic-messages' ? 'metadata.user_id' : 'user', 'Gemini has no counterpart');
  if (!own) losses.addRest(extra.rest, 'Gemini has no counterpart');
  const body = {
    ...rest,
    ...extra.request,
    ...encodeConversation(call, family, losses),
    ...(tools.length > 0 && { tools }),
    ...(toolConfig !== undefined && { toolConfig }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
  };
  if (Object.keys(generationConfig).length === 0) delete body.generationConfig;
  return { body, losses: losses.list };
}

function mergedToolConfig(calling: JsonObject | undefined, rest: JsonObject | undefined): JsonObject | undefined {
  if (calling === undefined) return rest;
  return { ...rest, functionCallingConfig: { ...calling, ...asObject(rest?.['functionCallingConfig']) } };
}

function encodeGenerationConfig(call: ChatCall, context: CallContext, family: ModelFamily, losses: Losses): JsonObject {
  const { sampling, stop } = call;
  if (stop.length > MAX_STOPS)
    losses.add(call.dialect === 'openai-chat' ? 'stop' : 'stop_sequences', `only the first ${MAX_STOPS} are sent`);
  const penalty = (field: string, value: number | undefined): number | undefined => {
    if (value === undefined || value === 0 || family.takesPenalties || call.dialect === DIALECT) return value;
    losses.add(field, 'this model takes no penalties');
    return undefined;
  };
  const config: Record<string, Json | undefined> = {
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    candidateCount: sampling.n,
    maxOutputTokens: call.maxOutputTokens,
    stopSequences: stop.length > 0 ? stop.slice(0, MAX_STOPS) : undefined,
    seed: sampling.seed,
    presencePenalty: penalty('presence_penalty', sampling.presencePenalty),
    frequencyPenalty: penalty('frequency_penalty', sampling.frequencyPenalty),
    ...encodeResponseFormat(call, family, losses),
    thinkingConfig: encodeThinking(call, context, family, losses),
  };
  for (const name of Object.keys(config)) if (config[name] === undefined) delete config[name];
  return config;
}

function encodeResponseFormat(call: ChatCall, family: ModelFamily, losses: Losses): JsonObject {
  const format = call.responseFormat;
  if (format === undefined) return {};
  if (format.type === 'text') return { responseMimeType: 'text/plain' };
  if (call.tools.length > 0 && !family.mixesFreely) {
    losses.add(
      call.dialect === 'anthropic-messages' ? 'output_config.format' : 'response_format',
      'this model refuses it together with tools',
    );
    return {};
  }
  if (format.type === 'json-object') return { responseMimeType: 'application/json' };
  if (format.description !== undefined)
    losses.add('response_format.json_schema.description', 'Gemini has no description beside the schema');
  return { responseMimeType: 'application/json', responseJsonSchema: format.schema };
}
