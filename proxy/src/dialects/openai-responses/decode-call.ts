import type { ChatCall, ChatMessage, Decoded, ReasoningSettings, ResponseFormat } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { FieldReader } from '../field-reader.ts';
import { effortFrom } from '../openai-chat/decode-reasoning.ts';
import { Problems } from '../problems.ts';
import { decodeInput } from './decode-input.ts';
import { decodeToolChoice, decodeTools, hostedChoice } from './decode-tools.ts';

/** A `/responses` request to its canonical form. What refers to state at the provider stays in `rest`. */
export function decodeCall(body: JsonObject): Decoded<ChatCall> {
  const problems = new Problems();
  const fields = new FieldReader(body, '', problems);
  const reasoning = decodeReasoning(fields);
  const text = decodeText(fields);
  const call = {
    model: fields.requiredString('model'),
    messages: [...instructions(fields), ...decodeInput(fields, problems)],
    tools: decodeTools(fields, problems),
    sampling: defined({ temperature: fields.number('temperature'), topP: fields.number('top_p') }),
    stop: [],
    stream: fields.boolean('stream') ?? false,
    // The last event always has it.
    includeUsage: true,
    ...defined({
      toolChoice: decodeToolChoice(fields),
      parallelToolCalls: fields.boolean('parallel_tool_calls'),
      maxOutputTokens: fields.number('max_output_tokens'),
      responseFormat: text.responseFormat,
      reasoning: reasoning.settings,
      user: fields.string('user'),
    }),
    dialect: 'openai-responses',
  };
  const rest: Record<string, Json | undefined> = { ...withoutOwnHabits(fields.rest()) };
  const kept = keptItem(body['input']);
  if (kept !== undefined) rest['item_reference'] = kept;
  const hosted = hostedChoice(body['tool_choice']);
  if (hosted !== undefined) rest['tool_choice'] = hosted;
  if (Object.keys(reasoning.rest).length > 0) rest['reasoning'] = reasoning.rest;
  if (Object.keys(text.rest).length > 0) rest['text'] = text.rest;
  return problems.result({ ...call, rest });
}

/**
 * Id of a turn that stands in the input by its id only. What the model thought may be missing from a conversation, what
 * it said may not.
 */
function keptItem(input: Json | undefined): string | undefined {
  for (const item of asArray(input) ?? []) {
    const fields = asObject(item);
    const id = asString(fields?.['id']);
    if (fields?.['type'] === 'item_reference' && id !== undefined && !id.startsWith('rs_')) return id;
  }
  return undefined;
}

function instructions(fields: FieldReader): readonly ChatMessage[] {
  const text = fields.string('instructions');
  return text === undefined || text === '' ? [] : [{ role: 'system', parts: [{ type: 'text', text }], at: 'instructions' }];
}

function decodeReasoning(fields: FieldReader): { readonly settings: ReasoningSettings | undefined; readonly rest: JsonObject } {
  const { effort, ...rest } = fields.object('reasoning') ?? {};
  const known = effortFrom(asString(effort));
  if (typeof effort === 'string' && known === undefined) fields.problem('reasoning.effort', 'is not known');
  return { settings: known === undefined ? undefined : { effort: known }, rest };
}

/** `text {format, verbosity}`. */
function decodeText(fields: FieldReader): { readonly responseFormat: ResponseFormat | undefined; readonly rest: JsonObject } {
  const { format, ...rest } = fields.object('text') ?? {};
  if (format === undefined || format === null) return { responseFormat: undefined, rest };
  const wanted = format as JsonObject;
  switch (wanted['type']) {
    case 'text':
      return { responseFormat: { type: 'text' }, rest };
    case 'json_object':
      return { responseFormat: { type: 'json-object' }, rest };
    case 'json_schema': {
      const { name, schema, strict, description } = wanted;
      const extra = defined({ strict: typeof strict === 'boolean' ? strict : undefined, description: asString(description) });
      return {
        responseFormat: { type: 'json-schema', name: asString(name) ?? 'response', schema: (schema ?? {}) as JsonObject, ...extra },
        rest,
      };
    }
    default:
      fields.problem('text.format', 'must be text, json_object or json_schema');
      return { responseFormat: undefined, rest };
  }
}

/** `include` asks for encrypted reasoning, which Headgate always hands over where a provider has something like it. */
function withoutOwnHabits(rest: JsonObject): JsonObject {
  const { include, ...others } = rest;
  const wanted = Array.isArray(include) ? include.filter((item) => item !== 'reasoning.encrypted_content') : include;
  return wanted === undefined || (Array.isArray(wanted) && wanted.length === 0) ? others : { ...others, include: wanted as Json };
}
