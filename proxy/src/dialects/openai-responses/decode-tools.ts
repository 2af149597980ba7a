import type { ToolChoice, ToolDefinition } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { customTool } from '../custom-tools.ts';
import { FieldReader } from '../field-reader.ts';
import type { Problems } from '../problems.ts';

const DIALECT = 'openai-responses';

/** Functions are flat here; everything else runs at OpenAI, or is called in a way that only this dialect knows. */
export function decodeTools(fields: FieldReader, problems: Problems): readonly ToolDefinition[] {
  return (fields.array('tools') ?? []).map((item, index) => decodeTool(item, `tools[${index}]`, problems));
}

function decodeTool(item: Json, at: string, problems: Problems): ToolDefinition {
  const tool = asObject(item) ?? {};
  if (tool['type'] === 'custom') return customTool(tool, DIALECT, 'format');
  if (tool['type'] !== 'function') {
    const name = asString(tool['name']) ?? asString(tool['type']) ?? '';
    return { name, other: { dialect: DIALECT, value: tool } };
  }
  const fields = new FieldReader(tool, at, problems);
  return {
    name: fields.requiredString('name'),
    ...defined({ description: fields.string('description'), parameters: fields.object('parameters'), strict: fields.boolean('strict') }),
  };
}

export function decodeToolChoice(fields: FieldReader): ToolChoice | undefined {
  const choice = fields.any('tool_choice');
  if (choice === undefined) return undefined;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
  const object = asObject(choice);
  if (object?.['type'] === 'allowed_tools') {
    const names = (asArray(object['tools']) ?? []).flatMap((tool) => asString(asObject(tool)?.['name']) ?? []);
    return { type: 'allowed', names, mode: object['mode'] === 'required' ? 'required' : 'auto' };
  }
  const name = asString(object?.['name']) ?? asString(object?.['type']);
  if (name === undefined) fields.problem('tool_choice', 'must be auto, none, required, or name a tool');
  return { type: 'tool', name: name ?? '' };
}
