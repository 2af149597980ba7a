import type { AssistantPart, ChatCall, ChatMessage, ToolDefinition } from '../wire/chat-call.ts';
import type { Json, JsonObject } from '../wire/json.ts';
import { asObject, asString, parseJson } from '../wire/read-json.ts';
import { opaqueFor } from './opaque.ts';

/**
 * OpenAI's custom tools take free text, not JSON. Everywhere else such a tool is a function with one string, and its
 * calls are calls of that function; a caller who declared a custom tool gets its calls back as text.
 */
const INPUT = 'input';
const PARAMETERS: JsonObject = {
  type: 'object',
  properties: { [INPUT]: { type: 'string' } },
  required: [INPUT],
  additionalProperties: false,
};

/** The format that means "any text", which every dialect can carry. */
const ANY_TEXT = 'text';

/**
 * @param owner dialect the tool was written in
 * @param place of the format below the tool, for naming its loss
 */
export function customTool(definition: JsonObject, owner: string, place: string): ToolDefinition {
  const description = asString(definition['description']);
  const format = asObject(definition['format']);
  const opaque = format === undefined || format['type'] === ANY_TEXT ? undefined : opaqueFor(owner, { [place]: format });
  return {
    name: asString(definition['name']) ?? '',
    ...(description !== undefined && { description }),
    parameters: PARAMETERS,
    custom: true,
    ...(opaque !== undefined && { opaque }),
  };
}

/** What a custom tool's text has to look like, in whichever of OpenAI's dialects it was written. */
export function grammarOf(tool: ToolDefinition): { readonly syntax: Json; readonly definition: Json } | undefined {
  const flat = asObject(asObject(tool.opaque?.['openai-responses'])?.['format']);
  const nested = asObject(asObject(tool.opaque?.['openai-chat'])?.['custom.format']);
  const grammar = flat ?? asObject(nested?.['grammar']);
  return grammar === undefined ? undefined : { syntax: grammar['syntax'] ?? 'lark', definition: grammar['definition'] ?? '' };
}

/** Names of the custom tools of a call; undefined when it has none. */
export function customToolNames(tools: readonly ToolDefinition[]): ReadonlySet<string> | undefined {
  const names = tools.flatMap((tool) => (tool.custom === true ? [tool.name] : []));
  return names.length === 0 ? undefined : new Set(names);
}

/** The call with functions in place of custom tools, for providers of a dialect that has both but who know only functions. */
export function withFunctionsOnly(call: ChatCall): ChatCall {
  return {
    ...call,
    tools: call.tools.map(({ custom: _custom, ...tool }) => tool),
    messages: call.messages.map((message): ChatMessage => {
      if (message.role !== 'assistant') return message;
      return { ...message, parts: message.parts.map(functionCall) };
    }),
  };
}

function functionCall(part: AssistantPart): AssistantPart {
  if (part.type !== 'tool-call') return part;
  const { custom: _custom, ...call } = part;
  return call;
}

export function inputToArguments(input: string): string {
  return JSON.stringify({ [INPUT]: input });
}

/** The text in a function's arguments; arguments that are no such thing are a text themselves. */
export function argumentsToInput(argumentsJson: string): string {
  return asString(asObject(parseJson(argumentsJson))?.[INPUT]) ?? argumentsJson;
}
