import type { ChatCall, ToolChoice } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import type { Losses } from '../losses.ts';
import { foreignFields } from '../opaque.ts';

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
    losses.addOpaque(foreignFields(tool.opaque, 'openai-responses'), path, 'OpenAI responses');
    const { name, description, parameters, strict } = tool;
    return [{ type: 'function', name, description, parameters: parameters ?? null, strict: strict ?? silent }];
  });
}

export function encodeToolChoice(choice: ToolChoice | undefined): Json | undefined {
  switch (choice?.type) {
    case undefined:
      return undefined;
    case 'tool':
      return { type: 'function', name: choice.name };
    case 'allowed':
      return { type: 'allowed_tools', mode: choice.mode, tools: choice.names.map((name) => ({ type: 'function', name })) };
    default:
      return choice?.type;
  }
}
