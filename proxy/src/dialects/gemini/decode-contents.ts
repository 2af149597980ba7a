import type { AssistantPart, ChatMessage, ContentPart } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import type { FieldReader } from '../field-reader.ts';
import { opaqueFor } from '../opaque.ts';
import type { Problems } from '../problems.ts';
import { CallIds } from './call-ids.ts';
import { camelMembers } from './camel-case.ts';
import { decodeFileData, decodeInlineData } from './decode-media.ts';
import { decodeModelPart } from './decode-model-part.ts';
import { decodeFunctionResponse } from './function-response.ts';
import { joinPieces } from './join-pieces.ts';
import { splitPart } from './split-part.ts';
import { DIALECT } from './thought-signature.ts';

/** `systemInstruction`, as the first message. */
export function decodeSystem(fields: FieldReader, problems: Problems): readonly ChatMessage[] {
  const instruction = fields.any('systemInstruction');
  if (instruction === undefined) return [];
  const parts = typeof instruction === 'string' ? [{ text: instruction }] : partsOf(asObject(instruction) ?? {});
  const decoded = parts.map((item, index) => decodeContentPart(item, `systemInstruction.parts[${index}]`, problems));
  return decoded.length === 0 ? [] : [{ role: 'system', parts: decoded, at: 'systemInstruction' }];
}

/**
 * The conversation, in order; every function response is a message of its own. Google's SDKs keep each piece of a
 * streamed answer as a content of its own: model contents in a row are one turn.
 */
export function decodeContents(fields: FieldReader, problems: Problems): readonly ChatMessage[] {
  const contents = fields.any('contents');
  const items = asArray(contents) ?? (contents === undefined ? [] : [contents]);
  if (items.length === 0) fields.problem('contents', 'is required and must not be empty');
  const ids = new CallIds();
  const messages: ChatMessage[] = [];
  for (const [index, item] of items.entries()) {
    for (const message of decodeContent(item, `contents[${index}]`, ids, problems)) {
      const last = messages.at(-1);
      if (message.role === 'assistant' && last?.role === 'assistant')
        messages[messages.length - 1] = { ...last, parts: joinPieces([...last.parts, ...message.parts]) };
      else messages.push(message);
    }
  }
  return messages;
}

function decodeContent(item: Json, at: string, ids: CallIds, problems: Problems): readonly ChatMessage[] {
  const content = asObject(item);
  if (content === undefined) problems.add(at, 'must be an object');
  const parts = partsOf(content ?? {});
  switch (content?.['role'] ?? 'user') {
    case 'user':
    case 'function':
      return decodeUser(parts, at, ids, problems);
    case 'model': {
      const decoded = parts.flatMap((part, index): AssistantPart[] => decodeModelPart(part, `${at}.parts[${index}]`, ids, problems));
      return [{ role: 'assistant', parts: joinPieces(decoded), at }];
    }
    default:
      problems.add(`${at}.role`, 'must be user or model');
      return [];
  }
}

/** Google's own examples leave the brackets out where there is one part. */
function partsOf(content: JsonObject): readonly Json[] {
  const parts = content['parts'];
  return asArray(parts) ?? (parts === undefined || parts === null ? [] : [parts]);
}

function decodeUser(parts: readonly Json[], at: string, ids: CallIds, problems: Problems): readonly ChatMessage[] {
  const messages: ChatMessage[] = [];
  let run: ContentPart[] = [];
  let firstPart = 0;
  const close = (): void => {
    if (run.length > 0) messages.push({ role: 'user', parts: run, at, ...(firstPart > 0 && { firstPart }) });
    run = [];
  };
  for (const [index, item] of parts.entries()) {
    const { kind, value, extra } = splitPart(item);
    if (kind === 'functionResponse') {
      close();
      messages.push(toolMessage(asObject(value) ?? {}, extra, `${at}.parts[${index}]`, { ids, problems }));
      continue;
    }
    if (run.length === 0) firstPart = index;
    run.push(decodeContentPart(item, `${at}.parts[${index}]`, problems));
  }
  close();
  return messages.length > 0 ? messages : [{ role: 'user', parts: [], at }];
}

function toolMessage(
  value: JsonObject,
  extra: JsonObject,
  at: string,
  { ids, problems }: { readonly ids: CallIds; readonly problems: Problems },
): ChatMessage {
  const { id, name, response, parts: media, ...more } = camelMembers(value);
  const functionName = asString(name) ?? '';
  if (functionName === '') problems.add(`${at}.functionResponse.name`, 'is required');
  const result = decodeFunctionResponse(response);
  const parts = (asArray(media) ?? []).map((item, index) => decodeContentPart(item, `${at}.functionResponse.parts[${index}]`, problems));
  return {
    role: 'tool',
    toolCallId: ids.result(asString(id) || undefined, functionName),
    parts: [{ type: 'text', text: result.text }, ...parts],
    at,
    ...(result.isError && { isError: true }),
    ...defined({ opaque: opaqueFor(DIALECT, { ...more, ...extra }) }),
  };
}

function decodeContentPart(item: Json, path: string, problems: Problems): ContentPart {
  const { kind, value, extra, whole } = splitPart(item);
  switch (kind) {
    case 'text':
      if (typeof value !== 'string') problems.add(`${path}.text`, 'must be a string');
      return { type: 'text', text: asString(value) ?? '', ...defined({ opaque: opaqueFor(DIALECT, extra) }) };
    case 'inlineData':
      return decodeInlineData(asObject(value) ?? {}, extra, path, problems);
    case 'fileData':
      return decodeFileData(asObject(value) ?? {}, extra, path, problems);
    default:
      return { type: 'other', dialect: DIALECT, value: whole };
  }
}
