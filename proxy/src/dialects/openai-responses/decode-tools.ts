import type { ToolChoice, ToolDefinition } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { customTool } from '../custom-tools.ts';
import { FieldReader } from '../field-reader.ts';
import { opaqueFor } from '../opaque.ts';
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
  fields.any('type');
  const name = fields.requiredString('name');
  const known = defined({
    description: fields.string('description'),
    parameters: fields.object('parameters'),
    strict: fields.boolean('strict'),
  });
  return { name, ...known, ...defined({ opaque: opaqueFor(DIALECT, fields.rest()) }) };
}

/** undefined also for a tool that runs at OpenAI, which nobody else can be told to call: see `hostedChoice`. */
export function decodeToolChoice(fields: FieldReader): ToolChoice | undefined {
  const choice = fields.any('tool_choice');
  if (choice === undefined) return undefined;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
  const object = asObject(choice);
  if (object?.['type'] === 'allowed_tools') {
    const names = (asArray(object['tools']) ?? []).flatMap((tool) => asString(asObject(tool)?.['name']) ?? []);
    return { type: 'allowed', names, mode: object['mode'] === 'required' ? 'required' : 'auto' };
  }
  if (hostedChoice(choice) !== undefined) return undefined;
  const name = asString(object?.['name']);
  if (name === undefined) fields.problem('tool_choice', 'must be auto, none, required, or name a tool');
  return { type: 'tool', name: name ?? '' };
}

const CALLED_BY_NAME: ReadonlySet<unknown> = new Set([undefined, null, 'function', 'custom', 'allowed_tools']);

/** A `tool_choice` of a tool that runs at OpenAI (`{type: 'image_generation'}`, `{type: 'mcp', server_label}`). */
export function hostedChoice(choice: Json | undefined): JsonObject | undefined {
  const object = asObject(choice);
  return object === undefined || CALLED_BY_NAME.has(object['type']) ? undefined : object;
}
