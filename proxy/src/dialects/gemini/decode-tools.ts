import type { ToolChoice, ToolDefinition } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { FieldReader } from '../field-reader.ts';
import { opaqueFor } from '../opaque.ts';
import type { Problems } from '../problems.ts';
import { camelMembers } from './camel-case.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { DIALECT } from './thought-signature.ts';

/** Every function of every tool object; each built-in tool (`googleSearch`, `codeExecution`) as a tool that only Gemini knows. */
export function decodeTools(fields: FieldReader, problems: Problems): readonly ToolDefinition[] {
  const tools = fields.any('tools');
  const items = asArray(tools) ?? (tools === undefined ? [] : [tools]);
  return items.flatMap((item, index) => {
    const { functionDeclarations, ...builtIn } = camelMembers(asObject(item) ?? {});
    const declared = (asArray(functionDeclarations) ?? []).map((declaration, at) =>
      decodeDeclaration(declaration, `tools[${index}].functionDeclarations[${at}]`, problems),
    );
    const others = Object.entries(builtIn).map(
      ([name, value]): ToolDefinition => ({ name, other: { dialect: DIALECT, value: { [name]: value } } }),
    );
    return [...declared, ...others];
  });
}

function decodeDeclaration(item: Json, path: string, problems: Problems): ToolDefinition {
  const fields = new FieldReader(camelMembers(asObject(item) ?? {}), path, problems);
  const name = fields.requiredString('name');
  const description = fields.string('description');
  const schema = fields.object('parameters');
  // JSON Schema as the caller wrote it wins over Google's own notation.
  const parameters = fields.object('parametersJsonSchema') ?? (schema && jsonSchemaOf(schema));
  return { name, ...defined({ description, parameters, opaque: opaqueFor(DIALECT, fields.rest()) }) };
}

export interface DecodedToolConfig {
  readonly toolChoice?: ToolChoice;
  readonly rest: JsonObject;
}

/** `toolConfig.functionCallingConfig`. */
export function decodeToolConfig(fields: FieldReader, problems: Problems): DecodedToolConfig {
  const config = fields.object('toolConfig');
  if (config === undefined) return { rest: {} };
  const outer = new FieldReader(camelMembers(config), 'toolConfig', problems);
  const calling = new FieldReader(camelMembers(outer.object('functionCallingConfig') ?? {}), 'toolConfig.functionCallingConfig', problems);
  const mode = calling.string('mode')?.toUpperCase();
  const names = (calling.array('allowedFunctionNames') ?? []).flatMap((name) => asString(name) ?? []);
  const toolChoice = choiceOf(mode, names);
  const left = { ...calling.rest(), ...(mode === 'VALIDATED' && names.length === 0 && { mode }) };
  return {
    ...defined({ toolChoice }),
    rest: { ...outer.rest(), ...(Object.keys(left).length > 0 && { functionCallingConfig: left }) },
  };
}

function choiceOf(mode: string | undefined, names: readonly string[]): ToolChoice | undefined {
  const [first] = names;
  switch (mode) {
    case 'NONE':
      return { type: 'none' };
    case 'ANY':
      if (first === undefined) return { type: 'required' };
      return names.length === 1 ? { type: 'tool', name: first } : { type: 'allowed', names, mode: 'required' };
    case 'VALIDATED':
      return first === undefined ? { type: 'auto' } : { type: 'allowed', names, mode: 'auto' };
    case 'AUTO':
      return { type: 'auto' };
    default:
      return undefined;
  }
}
