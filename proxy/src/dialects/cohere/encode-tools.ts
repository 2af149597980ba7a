import type { ChatCall, ToolChoice, ToolDefinition } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { Losses } from '../losses.ts';
import { foreignFields } from '../opaque.ts';
import { sendableChoice } from '../sendable-choice.ts';

const ID = 'cohere';

/** `tools`, `tool_choice` and `strict_tools`. One function cannot be forced, so the others are left out then. */
export function encodeTools(call: ChatCall, losses: Losses): JsonObject {
  const functions = call.tools.flatMap((tool, index) => {
    if (tool.other === undefined) return [{ tool, path: `tools[${index}]` }];
    losses.add(`tools[${index}]`, `${tool.name} is known to ${tool.other.dialect} only`);
    return [];
  });
  const wanted = sendableChoice(call, ID, losses);
  const names = namesOf(wanted);
  const offered = names === undefined ? functions : functions.filter(({ tool }) => names.includes(tool.name));
  if (offered.length < functions.length) losses.add('tool_choice', 'tools that may not be called are not offered at all');
  if (offered.length === 0) return {};
  const strict = offered.filter(({ tool }) => tool.strict === true).length;
  if (strict > 0 && strict < offered.length)
    for (const { tool, path } of offered)
      if (tool.strict === true) losses.add(`${path}.strict`, 'Cohere is strict with all tools or with none');
  const choice = choiceWord(wanted);
  return {
    tools: offered.map(({ tool, path }) => encodeTool(tool, path, losses)),
    ...(choice !== undefined && { tool_choice: choice }),
    ...(strict === offered.length && { strict_tools: true }),
  };
}

function encodeTool(tool: ToolDefinition, path: string, losses: Losses): JsonObject {
  losses.addOpaque(foreignFields(tool.opaque, ID), path, 'Cohere');
  const { name, description, parameters } = tool;
  return {
    type: 'function',
    // Cohere insists on parameters.
    function: { name, ...(description !== undefined && { description }), parameters: parameters ?? { type: 'object', properties: {} } },
  };
}

function namesOf(choice: ToolChoice | undefined): readonly string[] | undefined {
  if (choice?.type === 'tool') return [choice.name];
  return choice?.type === 'allowed' ? choice.names : undefined;
}

/** Left out, the model decides. */
function choiceWord(choice: ToolChoice | undefined): string | undefined {
  switch (choice?.type) {
    case 'none':
      return 'NONE';
    case 'required':
    case 'tool':
      return 'REQUIRED';
    case 'allowed':
      return choice.mode === 'required' ? 'REQUIRED' : undefined;
    default:
      return undefined;
  }
}
