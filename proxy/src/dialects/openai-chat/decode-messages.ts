import type { AssistantPart, ChatMessage, ContentPart } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { inputToArguments } from '../custom-tools.ts';
import { FieldReader } from '../field-reader.ts';
import { opaqueFor } from '../opaque.ts';
import type { Problems } from '../problems.ts';
import { decodeContent } from './decode-content.ts';
import { encodePicture } from './pictures.ts';
import { reasoningParts } from './reasoning-details.ts';
import { thinkingText } from './thinking-part.ts';

/** The messages in the caller's order, whatever their roles; nothing is merged or moved. */
export function decodeMessages(fields: FieldReader, problems: Problems): readonly ChatMessage[] {
  const items = fields.requiredArray('messages');
  if (items.length === 0) fields.problem('messages', 'must not be empty');
  const legacy = new LegacyCalls();
  return items.flatMap((item, index) => {
    const message = asObject(item);
    if (message === undefined) {
      problems.add(`messages[${index}]`, 'must be an object');
      return [];
    }
    return decodeMessage(new FieldReader(message, `messages[${index}]`, problems), problems, legacy) ?? [];
  });
}

function decodeMessage(fields: FieldReader, problems: Problems, legacy: LegacyCalls): ChatMessage | undefined {
  const role = fields.requiredString('role');
  const at = fields.path;
  const name = fields.string('name');
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      return { role, parts: decodeContent(fields.any('content'), `${at}.content`, problems), at, ...defined({ name }) };
    case 'assistant':
      return decodeAssistant(fields, problems, legacy, name);
    case 'tool': {
      const toolCallId = fields.requiredString('tool_call_id');
      const parts = decodeContent(fields.any('content'), `${at}.content`, problems);
      return { role, toolCallId, parts, at, ...defined({ opaque: opaqueFor('openai-chat', fields.rest()) }) };
    }
    case 'function':
      return { role: 'tool', toolCallId: legacy.lastId, parts: decodeContent(fields.any('content'), `${at}.content`, problems), at };
    default:
      fields.problem('role', 'must be one of system, developer, user, assistant, tool');
      return undefined;
  }
}

function decodeAssistant(fields: FieldReader, problems: Problems, legacy: LegacyCalls, name: string | undefined): ChatMessage {
  const content = decodeContent(fields.any('content'), `${fields.path}.content`, problems);
  const text = content.flatMap(assistantPart);
  const refusal = fields.string('refusal');
  const calls = (fields.array('tool_calls') ?? []).map((item, index) =>
    decodeToolCall(item, `${fields.path}.tool_calls[${index}]`, problems),
  );
  const legacyCall = fields.object('function_call');
  const reasoning = reasoningParts(
    asString(fields.any('reasoning_content')) ?? asString(fields.any('reasoning')),
    fields.array('reasoning_details') ?? [],
  );
  fields.any('reasoning');
  // Of an answer that is sent back as it came: says nothing to a model.
  fields.any('annotations');
  const parts: AssistantPart[] = [...reasoning, ...text];
  if (refusal !== undefined && refusal !== '') parts.push({ type: 'refusal', text: refusal });
  parts.push(...calls);
  if (legacyCall !== undefined) parts.push(legacy.next(legacyCall));
  const opaque = opaqueFor('openai-chat', withPictures(fields.rest(), content));
  return { role: 'assistant', parts, at: fields.path, ...defined({ name, opaque }) };
}

/** Pictures in a turn of the model go with those of `images`. */
function withPictures(rest: JsonObject, content: readonly ContentPart[]): JsonObject {
  const pictures = content.flatMap(({ type, ...part }) => {
    const source = type === 'image' && 'source' in part ? part.source : undefined;
    return source?.type === 'url' || source?.type === 'base64' ? [encodePicture({ source })] : [];
  });
  return pictures.length === 0 ? rest : { ...rest, images: [...(asArray(rest['images']) ?? []), ...pictures] };
}

function assistantPart(part: ContentPart): AssistantPart[] {
  switch (part.type) {
    case 'text':
      return [part];
    case 'other': {
      const thought = thinkingText(part.value);
      if (thought !== undefined) return thought === '' ? [] : [{ type: 'reasoning', text: thought }];
      const refusal = asString(part.value['refusal']);
      return [part.value['type'] === 'refusal' && refusal !== undefined ? { type: 'refusal', text: refusal } : part];
    }
    case 'image':
      return [];
    default:
      return [{ type: 'other', dialect: 'openai-chat', value: { type: part.type } }];
  }
}

function decodeToolCall(item: Json, path: string, problems: Problems): AssistantPart {
  const call = asObject(item) ?? {};
  const made = asObject(call['function']);
  const custom = asObject(call['custom']);
  if (made === undefined && custom !== undefined) {
    const argumentsJson = inputToArguments(asString(custom['input']) ?? '');
    return { type: 'tool-call', id: asString(call['id']) ?? '', name: asString(custom['name']) ?? '', argumentsJson, custom: true };
  }
  if (made === undefined) {
    if (asString(call['type']) === undefined || call['type'] === 'function') problems.add(`${path}.function`, 'is required');
    return { type: 'other', dialect: 'openai-chat', value: call };
  }
  const fields = new FieldReader(call, path, problems);
  const id = fields.requiredString('id');
  fields.any('type');
  fields.any('function');
  fields.any('index');
  const name = asString(made['name']);
  if (name === undefined) problems.add(`${path}.function.name`, 'is required');
  return {
    type: 'tool-call',
    id,
    name: name ?? '',
    argumentsJson: argumentsText(made['arguments']),
    ...defined({ opaque: opaqueFor('openai-chat', fields.rest()) }),
  };
}

/** A string by the rules; some clients send the object itself. */
export function argumentsText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** `function_call` and role `function` have no ids: a result belongs to the call before it. */
class LegacyCalls {
  lastId = 'call_0';
  private count = 0;

  next(call: JsonObject): AssistantPart {
    this.lastId = `call_${this.count++}`;
    return { type: 'tool-call', id: this.lastId, name: asString(call['name']) ?? '', argumentsJson: argumentsText(call['arguments']) };
  }
}
