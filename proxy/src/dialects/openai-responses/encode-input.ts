import type { AssistantPart, ChatCall, ChatMessage, ContentPart, Placed } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { argumentsToInput } from '../custom-tools.ts';
import { dataUrl, isVideo } from '../data-url.ts';
import { documentName } from '../document-name.ts';
import type { Losses } from '../losses.ts';
import { foreignFields } from '../opaque.ts';
import { partPath } from '../part-path.ts';
import { ownState } from './reasoning-item.ts';

const DIALECT = 'openai-responses';

/** Leading instructions in `instructions`, everything else as items, in order. */
export function encodeInput(
  call: ChatCall,
  losses: Losses,
): { readonly instructions: string | undefined; readonly input: readonly JsonObject[] } {
  const [first, ...others] = call.messages;
  // Instructions alone are the input: OpenAI answers no request without one.
  const lead = first?.role === 'system' && others.length > 0 ? first.parts : undefined;
  const only = lead?.length === 1 && lead[0]?.type === 'text' && lead[0].opaque === undefined ? lead[0].text : undefined;
  const messages = only === undefined ? call.messages : others;
  const custom = customCallIds(call.messages);
  return { instructions: only, input: messages.flatMap((message) => encodeMessage(message, custom, losses)) };
}

/** Results say, as their calls do, of which kind they are. */
function customCallIds(messages: readonly ChatMessage[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const message of messages) {
    if (message.role !== 'assistant') continue;
    for (const part of message.parts) if (part.type === 'tool-call' && part.custom === true) ids.add(part.id);
  }
  return ids;
}

function encodeMessage(message: ChatMessage, custom: ReadonlySet<string>, losses: Losses): JsonObject[] {
  const at = message.at ?? 'messages[]';
  if (message.role !== 'tool' && message.name !== undefined) losses.add(`${at}.name`, 'OpenAI responses have no names of participants');
  if (message.role === 'assistant') {
    losses.addOpaque(foreignFields(message.opaque, DIALECT), at, 'OpenAI responses');
    return message.parts.flatMap((part, index) => encodeAssistantPart(part, partPath(message, index), losses));
  }
  const content = contentOf(encodeParts(message.parts, message, losses));
  if (message.role !== 'tool') return [{ role: message.role, content }];
  if (message.isError === true) losses.add(`${at}.is_error`, 'OpenAI responses have no counterpart');
  losses.addOpaque(foreignFields(message.opaque, DIALECT), at, 'OpenAI responses');
  const type = custom.has(message.toolCallId) ? 'custom_tool_call_output' : 'function_call_output';
  return [{ type, call_id: message.toolCallId, output: content }];
}

function encodeAssistantPart(part: AssistantPart, path: string, losses: Losses): JsonObject[] {
  switch (part.type) {
    case 'text':
      losses.addOpaque(foreignFields(part.opaque, DIALECT), path, 'OpenAI responses');
      return part.text === '' ? [] : [{ role: 'assistant', content: part.text }];
    case 'refusal':
      return part.text === '' ? [] : [{ role: 'assistant', content: part.text }];
    case 'reasoning':
    case 'redacted-reasoning': {
      const state = ownState(part.type === 'reasoning' ? (part.signature ?? '') : part.data);
      if (state === undefined) losses.add(path, 'OpenAI takes back only reasoning that it has encrypted');
      const summary = part.type === 'reasoning' ? [{ type: 'summary_text', text: part.text }] : [];
      return state === undefined ? [] : [{ type: 'reasoning', summary, ...state }];
    }
    case 'tool-call':
      losses.addOpaque(foreignFields(part.opaque, DIALECT), path, 'OpenAI responses');
      if (part.custom === true)
        return [{ type: 'custom_tool_call', call_id: part.id, name: part.name, input: argumentsToInput(part.argumentsJson) }];
      return [
        { type: 'function_call', call_id: part.id, name: part.name, arguments: part.argumentsJson === '' ? '{}' : part.argumentsJson },
      ];
    case 'other':
      if (part.dialect === DIALECT) return [part.value];
      losses.add(path, `${asString(part.value['type']) ?? 'this block'} is known to ${part.dialect} only`);
      return [];
  }
}

/** A lone text is a string. */
function contentOf(parts: readonly JsonObject[]): Json {
  const [first] = parts;
  if (first === undefined) return '';
  return parts.length === 1 && first['type'] === 'input_text' ? (first['text'] ?? '') : parts;
}

function encodeParts(parts: readonly ContentPart[], message: Placed, losses: Losses): readonly JsonObject[] {
  return parts.flatMap((part, index) => {
    const path = partPath(message, index);
    if (part.type !== 'other') losses.addOpaque(foreignFields(part.opaque, DIALECT), path, 'OpenAI responses');
    const encoded = encodePart(part, path, losses);
    return encoded === undefined ? [] : [encoded];
  });
}

function encodePart(part: ContentPart, path: string, losses: Losses): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image':
      return { type: 'input_image', detail: part.detail ?? 'auto', ...imageSource(part.source) };
    case 'file':
      if (!isVideo(part.source)) return encodeFile(part);
      losses.add(path, 'OpenAI responses take no video');
      return undefined;
    case 'audio':
      losses.add(path, 'OpenAI responses take no audio');
      return undefined;
    case 'other':
      if (part.dialect === DIALECT) return part.value;
      losses.add(path, `${asString(part.value['type']) ?? 'this part'} is known to ${part.dialect} only`);
      return undefined;
  }
}

function imageSource(source: Extract<ContentPart, { readonly type: 'image' }>['source']): JsonObject {
  if (source.type === 'file-id') return { file_id: source.id };
  if (source.type === 'base64') return { image_url: dataUrl(source.mediaType, source.data) };
  return { image_url: source.type === 'url' ? source.url : source.text };
}

function encodeFile(part: Extract<ContentPart, { readonly type: 'file' }>): JsonObject {
  const named = part.filename === undefined ? {} : { filename: part.filename };
  switch (part.source.type) {
    case 'file-id':
      return { type: 'input_file', file_id: part.source.id, ...named };
    case 'url':
      return { type: 'input_file', file_url: part.source.url, ...named };
    case 'base64':
      return {
        type: 'input_file',
        filename: documentName(part.filename, part.source.mediaType),
        file_data: dataUrl(part.source.mediaType, part.source.data),
      };
    case 'text':
      return { type: 'input_text', text: part.source.text };
  }
}
