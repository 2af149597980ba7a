import type { AssistantPart, ChatMessage } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { inputToArguments } from '../custom-tools.ts';
import type { FieldReader } from '../field-reader.ts';
import { argumentsText } from '../openai-chat/decode-messages.ts';
import type { Problems } from '../problems.ts';
import { decodeContent } from './decode-content.ts';
import { reasoningPart } from './reasoning-item.ts';

/** `input`: a text, or items. Neighbouring items of the model (reasoning, text, calls) are one assistant turn. */
export function decodeInput(fields: FieldReader, problems: Problems): readonly ChatMessage[] {
  const input = fields.any('input');
  if (typeof input === 'string') return [{ role: 'user', parts: [{ type: 'text', text: input }], at: 'input' }];
  const items = asArray(input);
  if (items === undefined) {
    if (!fields.has('previous_response_id') && !fields.has('prompt')) fields.problem('input', 'must be a string or an array of items');
    return [];
  }
  const turns = new Turns();
  for (const [index, item] of items.entries()) addItem(turns, asObject(item) ?? {}, `input[${index}]`, problems);
  return turns.messages;
}

class Turns {
  readonly messages: ChatMessage[] = [];
  /** Ids of calls that only this dialect knows (`local_shell_call`): their outputs are known here only too. */
  readonly ownCalls = new Set<string>();
  private parts: AssistantPart[] | undefined;

  add(message: ChatMessage): void {
    this.parts = undefined;
    this.messages.push(message);
  }

  addAssistant(parts: readonly AssistantPart[], at: string): void {
    if (this.parts === undefined) {
      this.parts = [];
      this.messages.push({ role: 'assistant', parts: this.parts, at });
    }
    this.parts.push(...parts);
  }
}

function addItem(turns: Turns, item: JsonObject, at: string, problems: Problems): void {
  switch (asString(item['type']) ?? 'message') {
    case 'message':
      addMessage(turns, item, at, problems);
      return;
    case 'function_call':
      turns.addAssistant([functionCall(item, at, problems)], at);
      return;
    case 'custom_tool_call':
      turns.addAssistant([customCall(item, at, problems)], at);
      return;
    case 'custom_tool_call_output':
    case 'function_call_output': {
      const toolCallId = asString(item['call_id']);
      if (toolCallId !== undefined && turns.ownCalls.has(toolCallId)) {
        addOther(turns, item, at);
        return;
      }
      if (toolCallId === undefined) problems.add(`${at}.call_id`, 'is required');
      turns.add({ role: 'tool', toolCallId: toolCallId ?? '', parts: decodeContent(item['output'], `${at}.output`, problems), at });
      return;
    }
    case 'reasoning':
      turns.addAssistant(reasoningPart(item), at);
      return;
    default:
      if (typeof item['call_id'] === 'string') turns.ownCalls.add(item['call_id']);
      addOther(turns, item, at);
  }
}

function addOther(turns: Turns, item: JsonObject, at: string): void {
  turns.addAssistant([{ type: 'other', dialect: 'openai-responses', value: item }], at);
}

function addMessage(turns: Turns, item: JsonObject, at: string, problems: Problems): void {
  const role = item['role'];
  if (role === 'assistant') {
    turns.addAssistant(assistantParts(item['content'], `${at}.content`, problems), at);
    return;
  }
  if (role !== 'user' && role !== 'system' && role !== 'developer') {
    problems.add(`${at}.role`, 'must be one of user, assistant, system, developer');
    return;
  }
  turns.add({ role, parts: decodeContent(item['content'], `${at}.content`, problems), at });
}

function assistantParts(content: Json | undefined, at: string, problems: Problems): readonly AssistantPart[] {
  return decodeContent(content, at, problems).flatMap((part): AssistantPart[] => {
    if (part.type === 'text') return [part];
    if (part.type !== 'other') return [];
    const refusal = asString(part.value['refusal']);
    return [refusal === undefined ? part : { type: 'refusal', text: refusal }];
  });
}

function functionCall(item: JsonObject, at: string, problems: Problems): AssistantPart {
  return { type: 'tool-call', ...identity(item, at, problems), argumentsJson: argumentsText(item['arguments']) };
}

function customCall(item: JsonObject, at: string, problems: Problems): AssistantPart {
  const argumentsJson = inputToArguments(asString(item['input']) ?? '');
  return { type: 'tool-call', ...identity(item, at, problems), argumentsJson, custom: true };
}

function identity(item: JsonObject, at: string, problems: Problems): { readonly id: string; readonly name: string } {
  const id = asString(item['call_id']);
  const name = asString(item['name']);
  if (id === undefined) problems.add(`${at}.call_id`, 'is required');
  if (name === undefined) problems.add(`${at}.name`, 'is required');
  return { id: id ?? '', name: name ?? '' };
}
