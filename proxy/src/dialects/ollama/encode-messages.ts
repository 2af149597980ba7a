import type { AssistantPart, ChatMessage, ContentPart, Placed } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { documentText } from '../document-text.ts';
import type { Losses } from '../losses.ts';
import { foreignFields } from '../opaque.ts';
import { partPath } from '../part-path.ts';
import { argumentsToObject } from '../tool-arguments.ts';

const ID = 'ollama';

type AssistantMessage = Extract<ChatMessage, { readonly role: 'assistant' }>;

/** One message for one message: text is a text, pictures stand beside it. */
export function encodeMessages(messages: readonly ChatMessage[], losses: Losses): readonly JsonObject[] {
  const names = new Map<string, string>();
  return messages.map((message) => {
    if (message.role === 'assistant') return encodeAssistant(message, names, losses);
    const content = encodeContent(message.parts, message, losses);
    if (message.role === 'tool') {
      const at = message.at ?? 'messages[]';
      losses.addOpaque(foreignFields(message.opaque, ID), at, 'Ollama');
      if (message.isError === true) losses.add(`${at}.is_error`, 'Ollama has no counterpart');
      const name = names.get(message.toolCallId);
      return { role: 'tool', ...content, ...(name !== undefined && { tool_name: name }), tool_call_id: message.toolCallId };
    }
    if (message.name !== undefined) losses.add(`${message.at ?? 'messages[]'}.name`, 'Ollama has no names of participants');
    return { role: message.role === 'user' ? 'user' : 'system', ...content };
  });
}

function encodeContent(parts: readonly ContentPart[], message: Placed, losses: Losses): JsonObject {
  const texts: string[] = [];
  const images: string[] = [];
  for (const [index, part] of parts.entries()) {
    const path = partPath(message, index);
    if (part.type !== 'other') losses.addOpaque(foreignFields(part.opaque, ID), path, 'Ollama');
    const obstacle = addPart(part, texts, images);
    if (obstacle !== undefined) losses.add(path, obstacle);
  }
  return { content: texts.join('\n'), ...(images.length > 0 && { images }) };
}

/** Why Ollama does not take the part, or undefined. */
function addPart(part: ContentPart, texts: string[], images: string[]): string | undefined {
  switch (part.type) {
    case 'text':
      texts.push(part.text);
      return undefined;
    case 'image':
      if (part.source.type !== 'base64') return 'Ollama takes pictures in base64 only';
      images.push(part.source.data);
      return undefined;
    case 'audio':
      return 'Ollama takes no audio';
    case 'file': {
      const text = documentText(part.source);
      if (text === undefined) return 'Ollama takes no files';
      texts.push(text);
      return undefined;
    }
    case 'other':
      return `${asString(part.value['type']) ?? 'this part'} is known to ${part.dialect} only`;
  }
}

interface Turn {
  readonly texts: string[];
  readonly thoughts: string[];
  readonly calls: JsonObject[];
}

function encodeAssistant(message: AssistantMessage, names: Map<string, string>, losses: Losses): JsonObject {
  const at = message.at ?? 'messages[]';
  losses.addOpaque(foreignFields(message.opaque, ID), at, 'Ollama');
  if (message.name !== undefined) losses.add(`${at}.name`, 'Ollama has no names of participants');
  const turn: Turn = { texts: [], thoughts: [], calls: [] };
  for (const [index, part] of message.parts.entries()) {
    if (part.type === 'tool-call') names.set(part.id, part.name);
    addAssistantPart(part, partPath(message, index), turn, losses);
  }
  return {
    role: 'assistant',
    content: turn.texts.join(''),
    ...(turn.thoughts.length > 0 && { thinking: turn.thoughts.join('\n\n') }),
    ...(turn.calls.length > 0 && { tool_calls: turn.calls }),
  };
}

function addAssistantPart(part: AssistantPart, path: string, turn: Turn, losses: Losses): void {
  if (part.type === 'text' || part.type === 'reasoning' || part.type === 'tool-call')
    losses.addOpaque(foreignFields(part.opaque, ID), path, 'Ollama');
  switch (part.type) {
    case 'text':
    case 'refusal':
      turn.texts.push(part.text);
      return;
    case 'reasoning':
      if (part.text !== '') turn.thoughts.push(part.text);
      if (part.signature !== undefined) losses.add(`${path}.signature`, 'only the provider that signed it can read it');
      return;
    case 'redacted-reasoning':
      losses.add(path, 'only the provider that made it can read it');
      return;
    case 'tool-call':
      turn.calls.push({
        id: part.id,
        type: 'function',
        function: { index: turn.calls.length, name: part.name, arguments: argumentsToObject(part.argumentsJson) },
      });
      return;
    case 'other':
      losses.add(path, `${asString(part.value['type']) ?? 'this part'} is known to ${part.dialect} only`);
  }
}
