import type { ChatCall, ToolDefinition } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { Losses } from '../losses.ts';
import { foreignFields, ownFields } from '../opaque.ts';
import { sendableChoice } from '../sendable-choice.ts';
import { DIALECT } from './thought-signature.ts';

/** All functions in one tool, with their schemas as the caller wrote them; built-in tools behind it. */
export function encodeTools(call: ChatCall, losses: Losses): readonly JsonObject[] {
  const declarations: JsonObject[] = [];
  const builtIn: JsonObject[] = [];
  for (const [index, tool] of call.tools.entries()) {
    if (tool.other === undefined) declarations.push(encodeDeclaration(tool, `tools[${index}]`, losses));
    else if (tool.other.dialect === DIALECT) builtIn.push(tool.other.value);
    else losses.add(`tools[${index}]`, `${tool.name} is known to ${tool.other.dialect} only`);
  }
  return declarations.length === 0 ? builtIn : [{ functionDeclarations: declarations }, ...builtIn];
}

function encodeDeclaration(tool: ToolDefinition, path: string, losses: Losses): JsonObject {
  const { name, description, parameters, strict } = tool;
  if (strict === true) losses.add(`${path}.strict`, 'Gemini does not promise to follow a schema to the letter');
  losses.addOpaque(foreignFields(tool.opaque, DIALECT), path, 'Gemini');
  return {
    name,
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && { parametersJsonSchema: parameters }),
    ...ownFields(tool.opaque, DIALECT),
  };
}

/** `functionCallingConfig`, or undefined where the caller leaves it to the model. */
export function encodeToolChoice(call: ChatCall, losses: Losses): JsonObject | undefined {
  const choice = sendableChoice(call, DIALECT, losses);
  switch (choice?.type) {
    case undefined:
      return undefined;
    case 'auto':
      return { mode: 'AUTO' };
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] };
    case 'allowed':
      return { mode: choice.mode === 'required' ? 'ANY' : 'VALIDATED', allowedFunctionNames: choice.names };
  }
}
