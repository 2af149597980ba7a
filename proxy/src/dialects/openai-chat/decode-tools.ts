import type { ResponseFormat, ToolChoice, ToolDefinition } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { customTool } from '../custom-tools.ts';
import { FieldReader } from '../field-reader.ts';
import { opaqueFor } from '../opaque.ts';
import type { Problems } from '../problems.ts';

/** `tools`, and the older `functions`. */
export function decodeTools(fields: FieldReader, problems: Problems): readonly ToolDefinition[] {
  const tools = (fields.array('tools') ?? []).map((item, index) => decodeTool(item, `tools[${index}]`, problems));
  const functions = (fields.array('functions') ?? []).map((item, index) =>
    decodeFunction(asObject(item) ?? {}, `functions[${index}]`, problems, {}),
  );
  return [...tools, ...functions];
}

function decodeTool(item: Json, path: string, problems: Problems): ToolDefinition {
  const tool = asObject(item) ?? {};
  const definition = asObject(tool['function']);
  if (definition === undefined) {
    if (tool['type'] === undefined || tool['type'] === 'function') problems.add(`${path}.function`, 'is required');
    const custom = tool['type'] === 'custom' ? asObject(tool['custom']) : undefined;
    if (custom !== undefined) return customTool(custom, 'openai-chat', 'custom.format');
    const name = asString(tool['name']) ?? asString(tool['type']) ?? '';
    return { name, other: { dialect: 'openai-chat', value: tool } };
  }
  const { type: _type, function: _function, ...extra } = tool;
  return decodeFunction(definition, `${path}.function`, problems, extra);
}

function decodeFunction(definition: JsonObject, path: string, problems: Problems, extra: JsonObject): ToolDefinition {
  const fields = new FieldReader(definition, path, problems);
  const name = fields.requiredString('name');
  const known = defined({
    description: fields.string('description'),
    parameters: fields.object('parameters'),
    strict: fields.boolean('strict'),
  });
  return { name, ...known, ...defined({ opaque: opaqueFor('openai-chat', { ...fields.rest(), ...extra }) }) };
}

/** `tool_choice`, and the older `function_call`. */
export function decodeToolChoice(fields: FieldReader, problems: Problems): ToolChoice | undefined {
  const choice = fields.any('tool_choice') ?? fields.any('function_call');
  fields.any('function_call');
  if (choice === undefined) return undefined;
  if (typeof choice === 'string') return choiceFromWord(choice, problems);
  const object = asObject(choice) ?? {};
  const allowed = asObject(object['allowed_tools']);
  if (allowed !== undefined) {
    const names = (asArray(allowed['tools']) ?? []).flatMap((tool) => toolName(asObject(tool) ?? {}) ?? []);
    return { type: 'allowed', names, mode: allowed['mode'] === 'required' ? 'required' : 'auto' };
  }
  const name = toolName(object);
  if (name === undefined) problems.add('tool_choice', 'must be auto, none, required, or name a tool');
  return { type: 'tool', name: name ?? '' };
}

function choiceFromWord(word: string, problems: Problems): ToolChoice | undefined {
  switch (word) {
    case 'auto':
    case 'none':
    case 'required':
      return { type: word };
    // Mistral's and Anthropic's word for it.
    case 'any':
      return { type: 'required' };
    default:
      problems.add('tool_choice', 'must be auto, none, required, or name a tool');
      return undefined;
  }
}

function toolName(object: JsonObject): string | undefined {
  return asString(asObject(object['function'])?.['name']) ?? asString(asObject(object['custom'])?.['name']) ?? asString(object['name']);
}

export function decodeResponseFormat(fields: FieldReader, problems: Problems): ResponseFormat | undefined {
  const format = fields.object('response_format');
  if (format === undefined) return undefined;
  if (format['type'] === 'text') return { type: 'text' };
  if (format['type'] === 'json_object') return { type: 'json-object' };
  const wrapped = asObject(format['json_schema']);
  const schema = asObject(wrapped?.['schema']);
  if (format['type'] !== 'json_schema' || wrapped === undefined) {
    problems.add('response_format', 'must be text, json_object, or json_schema with a schema');
    return undefined;
  }
  const strict = typeof wrapped['strict'] === 'boolean' ? wrapped['strict'] : undefined;
  return {
    type: 'json-schema',
    name: asString(wrapped['name']) ?? 'response',
    schema: schema ?? {},
    ...defined({ strict, description: asString(wrapped['description']) }),
  };
}
