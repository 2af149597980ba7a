import type { ChatCall, ToolDefinition } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { customToolNames, grammarOf } from '../custom-tools.ts';
import type { Losses } from '../losses.ts';
import { foreignFields, ownFields } from '../opaque.ts';
import { sendableChoice } from '../sendable-choice.ts';

/** Functions, flat; `strict` has to be said, since it is on here when left out. */
export function encodeTools(call: ChatCall, losses: Losses): readonly JsonObject[] {
  const silent = call.dialect === 'openai-responses' ? undefined : false;
  return call.tools.flatMap((tool, index) => {
    const path = `tools[${index}]`;
    if (tool.other !== undefined) {
      if (tool.other.dialect === 'openai-responses') return [tool.other.value];
      losses.add(path, `${tool.name} is known to ${tool.other.dialect} only`);
      return [];
    }
    if (tool.custom === true) return [encodeCustom(tool)];
    losses.addOpaque(foreignFields(tool.opaque, 'openai-responses'), path, 'OpenAI responses');
    const { name, description, parameters, strict } = tool;
    return [
      {
        type: 'function',
        name,
        description,
        parameters: parameters ?? null,
        strict: strict ?? silent,
        ...ownFields(tool.opaque, 'openai-responses'),
      },
    ];
  });
}

function encodeCustom(tool: ToolDefinition): JsonObject {
  const grammar = grammarOf(tool);
  const format = grammar === undefined ? undefined : { type: 'grammar', ...grammar };
  return { type: 'custom', name: tool.name, description: tool.description, format };
}

export function encodeToolChoice(call: ChatCall, losses: Losses): Json | undefined {
  const choice = sendableChoice(call, 'openai-responses', losses);
  const custom = customToolNames(call.tools);
  const named = (name: string): JsonObject => ({ type: custom?.has(name) === true ? 'custom' : 'function', name });
  switch (choice?.type) {
    case undefined:
      return undefined;
    case 'tool':
      return named(choice.name);
    case 'allowed':
      return { type: 'allowed_tools', mode: choice.mode, tools: choice.names.map(named) };
    default:
      return choice?.type;
  }
}
