import type { AssistantPart, ChatMessage, ContentPart } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import type { FieldReader } from '../field-reader.ts';
import { opaqueFor } from '../opaque.ts';
import type { Problems } from '../problems.ts';
import { objectToArguments } from '../tool-arguments.ts';
import { decodeBlock, decodeBlocks, decodeText } from './decode-blocks.ts';

/** The top-level `system`, as the first message. */
export function decodeSystem(fields: FieldReader, problems: Problems): readonly ChatMessage[] {
  const system = fields.any('system');
  if (system === undefined || system === '') return [];
  return [{ role: 'system', parts: decodeBlocks(system, 'system', problems), at: 'system' }];
}

export function decodeMessages(fields: FieldReader, problems: Problems): readonly ChatMessage[] {
  const items = fields.requiredArray('messages');
  if (items.length === 0) fields.problem('messages', 'must not be empty');
  return items.flatMap((item, index) => decodeMessage(item, `messages[${index}]`, problems));
}

function decodeMessage(item: Json, at: string, problems: Problems): readonly ChatMessage[] {
  const message = asObject(item);
  const content = message?.['content'];
  if (content === undefined || content === null) problems.add(`${at}.content`, 'is required');
  switch (message?.['role']) {
    case 'user':
      return decodeUser(content ?? '', at, problems);
    case 'assistant':
      return [{ role: 'assistant', parts: decodeAssistant(content ?? '', at, problems), at }];
    // Newer models take instructions in mid-conversation.
    case 'system':
      return [{ role: 'system', parts: decodeBlocks(content ?? '', `${at}.content`, problems), at }];
    default:
      problems.add(`${at}.role`, 'must be user or assistant');
      return [];
  }
}

/** A user message in runs: each tool result is a message of its own, what lies between stays together. */
function decodeUser(content: Json, at: string, problems: Problems): readonly ChatMessage[] {
  const blocks = asArray(content);
  if (blocks === undefined) return [{ role: 'user', parts: decodeBlocks(content, `${at}.content`, problems), at }];
  const messages: ChatMessage[] = [];
  let run: ContentPart[] = [];
  let firstPart = 0;
  const close = (): void => {
    if (run.length > 0) messages.push({ role: 'user', parts: run, at, ...(firstPart > 0 && { firstPart }) });
    run = [];
  };
  for (const [index, item] of blocks.entries()) {
    const path = `${at}.content[${index}]`;
    const block = asObject(item);
    if (block?.['type'] === 'tool_result') {
      close();
      messages.push(decodeToolResult(block, path, problems));
      continue;
    }
    if (run.length === 0) firstPart = index;
    run.push(decodeBlock(item, path, problems));
  }
  close();
  return messages.length > 0 ? messages : [{ role: 'user', parts: [], at }];
}

function decodeToolResult(block: JsonObject, path: string, problems: Problems): ChatMessage {
  const { type: _type, tool_use_id: id, content, is_error: isError, ...extra } = block;
  if (typeof id !== 'string') problems.add(`${path}.tool_use_id`, 'is required');
  return {
    role: 'tool',
    toolCallId: asString(id) ?? '',
    parts: content === undefined || content === null ? [] : decodeBlocks(content, `${path}.content`, problems),
    at: path,
    ...defined({ isError: isError === true || undefined, opaque: opaqueFor('anthropic-messages', extra) }),
  };
}

function decodeAssistant(content: Json, at: string, problems: Problems): readonly AssistantPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return (asArray(content) ?? []).map((item, index) => decodeAssistantBlock(asObject(item) ?? {}, `${at}.content[${index}]`, problems));
}

function decodeAssistantBlock(block: JsonObject, path: string, problems: Problems): AssistantPart {
  switch (block['type']) {
    case 'text':
      return decodeText(block, path, problems);
    case 'thinking': {
      const signature = asString(block['signature']);
      return {
        type: 'reasoning',
        text: asString(block['thinking']) ?? '',
        ...(signature !== undefined && signature !== '' && { signature }),
      };
    }
    case 'redacted_thinking':
      return { type: 'redacted-reasoning', data: asString(block['data']) ?? '' };
    case 'tool_use': {
      const { type: _type, id, name, input, ...extra } = block;
      if (typeof id !== 'string') problems.add(`${path}.id`, 'is required');
      if (typeof name !== 'string') problems.add(`${path}.name`, 'is required');
      return {
        type: 'tool-call',
        id: asString(id) ?? '',
        name: asString(name) ?? '',
        argumentsJson: objectToArguments(asObject(input) ?? {}),
        ...defined({ opaque: opaqueFor('anthropic-messages', extra) }),
      };
    }
    default:
      if (typeof block['type'] !== 'string') problems.add(`${path}.type`, 'is required');
      return { type: 'other', dialect: 'anthropic-messages', value: block };
  }
}
