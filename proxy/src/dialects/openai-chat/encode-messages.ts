import type { VendorQuirks } from '@headgate/crds';
import type { ChatCall, ChatMessage } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import type { Losses } from '../losses.ts';
import { foreignFields, ownFields } from '../opaque.ts';
import { partPath } from '../part-path.ts';
import { encodeAssistant } from './encode-assistant.ts';
import { encodeParts } from './encode-content.ts';

type AssistantMessage = Extract<ChatMessage, { readonly role: 'assistant' }>;
type ToolMessage = Extract<ChatMessage, { readonly role: 'tool' }>;

/** One message for one message, except that media in tool results move into a user message behind the results. */
export function encodeMessages(call: ChatCall, quirks: VendorQuirks, losses: Losses): readonly JsonObject[] {
  const encoded: JsonObject[] = [];
  let moved: Json[] = [];
  for (const message of call.messages) {
    if (message.role !== 'tool' && moved.length > 0) {
      encoded.push({ role: 'user', content: moved });
      moved = [];
    }
    if (message.role === 'tool') encoded.push(encodeToolResult(message, moved, losses));
    else if (message.role === 'assistant') encoded.push(...encodeTurn(message, quirks, losses));
    else
      encoded.push({
        role: message.role,
        content: contentOf(encodeParts(message.parts, message, losses)),
        ...(message.name !== undefined && { name: message.name }),
      });
  }
  if (moved.length > 0) encoded.push({ role: 'user', content: moved });
  return encoded;
}

/** Nothing for a turn of which nothing can be sent; an empty one of the caller's stays. */
function encodeTurn(message: AssistantMessage, quirks: VendorQuirks, losses: Losses): readonly JsonObject[] {
  const turn = encodeAssistant(message, quirks, losses);
  const isEmpty = turn['content'] === '' && Object.keys(turn).length === 2;
  return isEmpty && message.parts.some((part) => part.type !== 'text') ? [] : [turn];
}

/** A lone text without marks is a string, which every vendor accepts. */
export function contentOf(parts: readonly JsonObject[]): Json {
  const [first] = parts;
  if (first === undefined) return '';
  return parts.length === 1 && first['type'] === 'text' && Object.keys(first).length === 2 ? (first['text'] ?? '') : parts;
}

function encodeToolResult(message: ToolMessage, moved: Json[], losses: Losses): JsonObject {
  const parts = encodeParts(message.parts, message, losses);
  const texts = parts.filter((part) => part['type'] === 'text');
  const media = parts.filter((part) => part['type'] !== 'text');
  if (media.length > 0) {
    losses.add(
      partPath(
        message,
        message.parts.findIndex((part) => part.type !== 'text'),
      ),
      'tool results carry text only; moved into a user message behind them',
    );
    moved.push(...media);
  }
  if (message.isError === true) losses.add(`${message.at ?? 'messages[]'}.is_error`, 'OpenAI chat completions have no counterpart');
  losses.addOpaque(foreignFields(message.opaque, 'openai-chat'), message.at ?? 'messages[]', 'OpenAI');
  return { role: 'tool', tool_call_id: message.toolCallId, content: contentOf(texts), ...ownFields(message.opaque, 'openai-chat') };
}
