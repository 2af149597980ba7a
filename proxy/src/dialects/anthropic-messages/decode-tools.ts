import type { ToolChoice, ToolDefinition } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json } from '../../wire/json.ts';
import { asObject, asString } from '../../wire/read-json.ts';
import { FieldReader } from '../field-reader.ts';
import { opaqueFor } from '../opaque.ts';
import type { Problems } from '../problems.ts';

export function decodeTools(fields: FieldReader, problems: Problems): readonly ToolDefinition[] {
  return (fields.array('tools') ?? []).map((item, index) => decodeTool(item, `tools[${index}]`, problems));
}

/** Custom tools have a schema; Anthropic's own (`web_search_20250305`, `bash_20250124`) are known by their type. */
function decodeTool(item: Json, path: string, problems: Problems): ToolDefinition {
  const tool = asObject(item) ?? {};
  const type = asString(tool['type']);
  if (type !== undefined && type !== 'custom') {
    return { name: asString(tool['name']) ?? type, other: { dialect: 'anthropic-messages', value: tool } };
  }
  const fields = new FieldReader(tool, path, problems);
  fields.any('type');
  const name = fields.requiredString('name');
  const known = defined({
    description: fields.string('description'),
    parameters: fields.object('input_schema'),
    strict: fields.boolean('strict'),
  });
  return { name, ...known, ...defined({ opaque: opaqueFor('anthropic-messages', fields.rest()) }) };
}

export function decodeToolChoice(
  fields: FieldReader,
  problems: Problems,
): { readonly toolChoice: ToolChoice | undefined; readonly parallelToolCalls: boolean | undefined } {
  const choice = fields.object('tool_choice');
  if (choice === undefined) return { toolChoice: undefined, parallelToolCalls: undefined };
  const disabled = choice['disable_parallel_tool_use'];
  const parallelToolCalls = typeof disabled === 'boolean' ? !disabled : undefined;
  switch (choice['type']) {
    case 'auto':
    case 'none':
      return { toolChoice: { type: choice['type'] }, parallelToolCalls };
    case 'any':
      return { toolChoice: { type: 'required' }, parallelToolCalls };
    case 'tool': {
      const name = asString(choice['name']);
      if (name === undefined) problems.add('tool_choice.name', 'is required');
      return { toolChoice: { type: 'tool', name: name ?? '' }, parallelToolCalls };
    }
    default:
      problems.add('tool_choice.type', 'must be auto, any, tool or none');
      return { toolChoice: undefined, parallelToolCalls };
  }
}
