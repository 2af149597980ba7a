import type { ChatCall } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { Losses } from '../losses.ts';
import { sendableChoice } from '../sendable-choice.ts';
import { addForeign, marks } from './marks.ts';

/** Every tool with its schema as the caller wrote it; Anthropic insists on a schema, and on its being an object's. */
export function encodeTools(call: ChatCall, losses: Losses): readonly JsonObject[] {
  const allowed = call.toolChoice?.type === 'allowed' ? new Set(call.toolChoice.names) : undefined;
  if (call.tools.some(({ name }) => allowed?.has(name) === false))
    losses.add('tool_choice', 'tools that may not be called are not offered at all');
  return call.tools.flatMap((tool, index) => {
    if (allowed !== undefined && !allowed.has(tool.name)) return [];
    const path = `tools[${index}]`;
    if (tool.other !== undefined) {
      if (tool.other.dialect === 'anthropic-messages') return [tool.other.value];
      losses.add(path, `${tool.name} is known to ${tool.other.dialect} only`);
      return [];
    }
    addForeign(tool.opaque, path, losses);
    const { name, description, parameters, strict } = tool;
    return [
      { name, description, input_schema: objectSchema(parameters), strict: strict === true ? true : undefined, ...marks(tool.opaque) },
    ];
  });
}

function objectSchema(parameters: JsonObject | undefined): JsonObject {
  if (parameters === undefined) return { type: 'object', properties: {} };
  return parameters['type'] === undefined ? { type: 'object', ...parameters } : parameters;
}

export function encodeToolChoice(call: ChatCall, losses: Losses): JsonObject | undefined {
  const choice = sendableChoice(call, 'anthropic-messages', losses);
  const parallel = call.parallelToolCalls;
  const disable = parallel === undefined ? {} : { disable_parallel_tool_use: !parallel };
  switch (choice?.type) {
    case undefined:
      return parallel === undefined ? undefined : { type: 'auto', ...disable };
    case 'auto':
      return { type: 'auto', ...disable };
    case 'none':
      return { type: 'none' };
    case 'required':
      return { type: 'any', ...disable };
    case 'tool':
      return { type: 'tool', name: choice.name, ...disable };
    case 'allowed':
      return { type: choice.mode === 'required' ? 'any' : 'auto', ...disable };
  }
}
