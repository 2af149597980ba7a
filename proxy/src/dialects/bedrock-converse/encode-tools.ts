import type { ChatCall, ToolChoice, ToolDefinition } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { Losses } from '../losses.ts';
import { sendableChoice } from '../sendable-choice.ts';
import { cachePointAfter } from './marks.ts';

/**
 * `toolConfig`, or undefined when there are no tools. Bedrock refuses a history with calls in it unless their tools are
 * described, so tools that are only remembered (or forbidden just now) are described by name.
 */
export function encodeToolConfig(call: ChatCall, losses: Losses): JsonObject | undefined {
  const choice = call.toolChoice;
  const remembered = calledTools(call);
  const allowed = choice?.type === 'allowed' ? new Set(choice.names) : undefined;
  const offered = call.tools.flatMap((tool, index) =>
    allowed !== undefined && !allowed.has(tool.name) ? [] : encodeTool(tool, `tools[${index}]`, losses),
  );
  if (call.tools.some(({ name }) => allowed?.has(name) === false))
    losses.add('tool_choice', 'tools that may not be called are not offered at all');
  if (call.parallelToolCalls === false && offered.length > 0) losses.add('parallel_tool_calls', 'Bedrock has no counterpart');
  if (choice?.type === 'none') {
    if (remembered.size === 0) {
      if (offered.length > 0) losses.add('tool_choice', 'tools that may not be called are not offered at all');
      return undefined;
    }
    losses.add('tool_choice', 'Bedrock cannot forbid calls where the conversation has some');
  }
  const described = new Set(call.tools.map(({ name }) => name));
  const missing = [...remembered].filter((name) => !described.has(name));
  const tools = [...offered, ...missing.map((name) => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } }))];
  if (tools.length === 0) return undefined;
  const toolChoice = offered.length > 0 ? encodeToolChoice(sendableChoice(call, 'bedrock-converse', losses)) : undefined;
  return { tools, ...(toolChoice !== undefined && { toolChoice }) };
}

function encodeTool(tool: ToolDefinition, path: string, losses: Losses): readonly JsonObject[] {
  if (tool.other !== undefined) {
    losses.add(path, `${tool.name} is known to ${tool.other.dialect} only`);
    return [];
  }
  const spec = {
    name: tool.name,
    ...(tool.description !== undefined && tool.description !== '' && { description: tool.description }),
    inputSchema: { json: objectSchema(tool.parameters) },
    ...(tool.strict === true && { strict: true }),
  };
  return [{ toolSpec: spec }, ...cachePointAfter(tool.opaque, path, losses)];
}

function objectSchema(parameters: JsonObject | undefined): JsonObject {
  if (parameters === undefined) return { type: 'object', properties: {} };
  return parameters['type'] === undefined ? { type: 'object', ...parameters } : parameters;
}

function encodeToolChoice(choice: ToolChoice | undefined): JsonObject | undefined {
  switch (choice?.type) {
    case 'auto':
      return { auto: {} };
    case 'required':
      return { any: {} };
    case 'tool':
      return { tool: { name: choice.name } };
    case 'allowed':
      return choice.mode === 'required' ? { any: {} } : { auto: {} };
    default:
      return undefined;
  }
}

function calledTools(call: ChatCall): ReadonlySet<string> {
  const names = new Set<string>();
  for (const message of call.messages) {
    if (message.role !== 'assistant') continue;
    for (const part of message.parts) if (part.type === 'tool-call') names.add(part.name);
  }
  return names;
}
