import type { AssistantPart, ChatMessage, ContentPart, Placed } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { dataUrl } from '../data-url.ts';
import { documentText } from '../document-text.ts';
import type { Losses } from '../losses.ts';
import { foreignFields } from '../opaque.ts';
import { partPath } from '../part-path.ts';

const ID = 'cohere';

type AssistantMessage = Extract<ChatMessage, { readonly role: 'assistant' }>;
type ToolMessage = Extract<ChatMessage, { readonly role: 'tool' }>;

/** One message for one message; pictures in tool results move into a user message behind the results. */
export function encodeMessages(messages: readonly ChatMessage[], losses: Losses): readonly JsonObject[] {
  const encoded: JsonObject[] = [];
  let moved: JsonObject[] = [];
  const settle = (): void => {
    if (moved.length > 0) encoded.push({ role: 'user', content: moved });
    moved = [];
  };
  for (const message of messages) {
    if (message.role !== 'tool') settle();
    if (message.role === 'tool') encoded.push(encodeToolResult(message, moved, losses));
    else if (message.role === 'assistant') encoded.push(encodeAssistant(message, losses));
    else {
      if (message.name !== undefined) losses.add(`${message.at ?? 'messages[]'}.name`, 'Cohere has no names of participants');
      encoded.push({ role: message.role === 'user' ? 'user' : 'system', content: contentOf(encodeParts(message.parts, message, losses)) });
    }
  }
  settle();
  return encoded;
}

function contentOf(parts: readonly JsonObject[]): Json {
  const [first] = parts;
  if (first === undefined) return '';
  return parts.length === 1 && first['type'] === 'text' ? (first['text'] ?? '') : parts;
}

function encodeParts(parts: readonly ContentPart[], message: Placed, losses: Losses): readonly JsonObject[] {
  return parts.flatMap((part, index) => {
    const path = partPath(message, index);
    if (part.type !== 'other') losses.addOpaque(foreignFields(part.opaque, ID), path, 'Cohere');
    const encoded = encodePart(part);
    if (typeof encoded !== 'string') return [encoded];
    losses.add(path, encoded);
    return [];
  });
}

/** The part, or why Cohere does not take it. */
function encodePart(part: ContentPart): JsonObject | string {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return encodeImage(part);
    case 'audio':
      return 'Cohere takes no audio';
    case 'file': {
      const text = documentText(part.source);
      return text === undefined ? 'Cohere takes no files' : { type: 'text', text };
    }
    case 'other':
      return `${asString(part.value['type']) ?? 'this part'} is known to ${part.dialect} only`;
  }
}

function encodeImage({ source, detail }: Extract<ContentPart, { readonly type: 'image' }>): JsonObject | string {
  const more = detail === undefined ? {} : { detail };
  if (source.type === 'url') return { type: 'image_url', image_url: { url: source.url, ...more } };
  if (source.type === 'base64') return { type: 'image_url', image_url: { url: dataUrl(source.mediaType, source.data), ...more } };
  return source.type === 'text' ? { type: 'text', text: source.text } : 'the file is in the store of another vendor';
}

function encodeAssistant(message: AssistantMessage, losses: Losses): JsonObject {
  const at = message.at ?? 'messages[]';
  losses.addOpaque(foreignFields(message.opaque, ID), at, 'Cohere');
  if (message.name !== undefined) losses.add(`${at}.name`, 'Cohere has no names of participants');
  const content: JsonObject[] = [];
  const calls: JsonObject[] = [];
  for (const [index, part] of message.parts.entries()) addPart(part, partPath(message, index), { content, calls, losses });
  return {
    role: 'assistant',
    ...((content.length > 0 || calls.length === 0) && { content: contentOf(content) }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

interface Turn {
  readonly content: JsonObject[];
  readonly calls: JsonObject[];
  readonly losses: Losses;
}

function addPart(part: AssistantPart, path: string, { content, calls, losses }: Turn): void {
  if (part.type === 'text' || part.type === 'reasoning' || part.type === 'tool-call')
    losses.addOpaque(foreignFields(part.opaque, ID), path, 'Cohere');
  switch (part.type) {
    case 'text':
    case 'refusal':
      if (part.text !== '') content.push({ type: 'text', text: part.text });
      return;
    case 'reasoning':
      if (part.text !== '') content.push({ type: 'thinking', thinking: part.text });
      if (part.signature !== undefined) losses.add(`${path}.signature`, 'only the provider that signed it can read it');
      return;
    case 'redacted-reasoning':
      losses.add(path, 'only the provider that made it can read it');
      return;
    case 'tool-call': {
      const made = { name: part.name, arguments: part.argumentsJson === '' ? '{}' : part.argumentsJson };
      calls.push({ id: part.id, type: 'function', function: made });
      return;
    }
    case 'other':
      losses.add(path, `${asString(part.value['type']) ?? 'this part'} is known to ${part.dialect} only`);
  }
}

function encodeToolResult(message: ToolMessage, moved: JsonObject[], losses: Losses): JsonObject {
  const at = message.at ?? 'messages[]';
  losses.addOpaque(foreignFields(message.opaque, ID), at, 'Cohere');
  if (message.isError === true) losses.add(`${at}.is_error`, 'Cohere has no counterpart');
  const parts = encodeParts(message.parts, message, losses);
  const media = parts.filter((part) => part['type'] !== 'text');
  if (media.length > 0) losses.add(at, 'tool results carry text only; pictures moved into a user message behind them');
  moved.push(...media);
  const texts = parts.flatMap((part) => asString(part['text']) ?? []);
  return { role: 'tool', tool_call_id: message.toolCallId, content: texts.join('\n') };
}
