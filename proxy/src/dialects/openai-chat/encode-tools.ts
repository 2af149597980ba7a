import type { ChatCall, ResponseFormat, ToolDefinition } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { customToolNames, grammarOf } from '../custom-tools.ts';
import type { Losses } from '../losses.ts';
import { foreignFields, ownFields } from '../opaque.ts';
import { sendableChoice } from '../sendable-choice.ts';

/** Every tool with its schema as the caller wrote it. */
export function encodeTools(call: ChatCall, losses: Losses): readonly JsonObject[] {
  return call.tools.flatMap((tool, index) => {
    const path = `tools[${index}]`;
    if (tool.other !== undefined) {
      if (tool.other.dialect === 'openai-chat') return [tool.other.value];
      losses.add(path, `${tool.name} is known to ${tool.other.dialect} only`);
      return [];
    }
    if (tool.custom === true) return [encodeCustom(tool)];
    losses.addOpaque(foreignFields(tool.opaque, 'openai-chat'), path, 'OpenAI');
    const { name, description, parameters, strict } = tool;
    return [{ type: 'function', function: { name, description, parameters, strict }, ...ownFields(tool.opaque, 'openai-chat') }];
  });
}

function encodeCustom(tool: ToolDefinition): JsonObject {
  const grammar = grammarOf(tool);
  const format = grammar === undefined ? undefined : { type: 'grammar', grammar };
  return { type: 'custom', custom: { name: tool.name, description: tool.description, format } };
}

export function encodeToolChoice(call: ChatCall, losses: Losses): Json | undefined {
  const choice = sendableChoice(call, 'openai-chat', losses);
  const custom = customToolNames(call.tools);
  const named = (name: string): JsonObject =>
    custom?.has(name) === true ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } };
  switch (choice?.type) {
    case undefined:
      return undefined;
    case 'tool':
      return named(choice.name);
    case 'allowed':
      return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: choice.names.map(named) } };
    default:
      return choice?.type;
  }
}

export function encodeResponseFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  switch (format?.type) {
    case undefined:
      return undefined;
    case 'text':
      return { type: 'text' };
    case 'json-object':
      return { type: 'json_object' };
    case 'json-schema': {
      const { name, description, schema, strict } = format;
      return { type: 'json_schema', json_schema: { name, description, schema, strict } };
    }
  }
}
