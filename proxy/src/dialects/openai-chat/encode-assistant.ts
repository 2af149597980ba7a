import type { VendorQuirks } from '@headgate/crds';
import type { AssistantPart, ChatMessage } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asObject, asString } from '../../wire/read-json.ts';
import { argumentsToInput } from '../custom-tools.ts';
import type { Losses } from '../losses.ts';
import { foreignFields, ownFields } from '../opaque.ts';
import { untagOpaque } from '../opaque-text.ts';
import { partPath } from '../part-path.ts';

type AssistantMessage = Extract<ChatMessage, { readonly role: 'assistant' }>;

/** What a provider made of an assistant turn earlier, in the members that OpenAI's message has for it. */
interface Turn {
  readonly texts: JsonObject[];
  readonly calls: JsonObject[];
  readonly details: JsonObject[];
  refusal: string;
  reasoning: string;
}

export function encodeAssistant(message: AssistantMessage, quirks: VendorQuirks, losses: Losses): JsonObject {
  const turn: Turn = { texts: [], calls: [], details: [], refusal: '', reasoning: '' };
  for (const [index, part] of message.parts.entries()) addPart(turn, part, partPath(message, index), losses);
  losses.addOpaque(foreignFields(message.opaque, 'openai-chat'), message.at ?? 'messages[]', 'OpenAI');
  const encoded: Record<string, Json> = { role: 'assistant', content: assistantContent(turn) };
  if (turn.refusal !== '') encoded['refusal'] = turn.refusal;
  if (turn.calls.length > 0) encoded['tool_calls'] = turn.calls;
  if (message.name !== undefined) encoded['name'] = message.name;
  if (turn.details.length > 0) encoded['reasoning_details'] = turn.details;
  addReasoning(encoded, turn, message, quirks, losses);
  return { ...encoded, ...ownFields(message.opaque, 'openai-chat') };
}

/** null next to tool calls or a refusal: several vendors refuse an empty string there, and some a missing member. */
function assistantContent(turn: Turn): Json {
  const [first] = turn.texts;
  if (first === undefined) return turn.calls.length > 0 || turn.refusal !== '' ? null : '';
  return turn.texts.length === 1 && Object.keys(first).length === 2 ? (first['text'] ?? '') : turn.texts;
}

function addPart(turn: Turn, part: AssistantPart, path: string, losses: Losses): void {
  switch (part.type) {
    case 'text':
      losses.addOpaque(foreignFields(part.opaque, 'openai-chat'), path, 'OpenAI');
      if (part.text !== '') turn.texts.push({ type: 'text', text: part.text, ...ownFields(part.opaque, 'openai-chat') });
      return;
    case 'refusal':
      turn.refusal += part.text;
      return;
    case 'reasoning':
      turn.reasoning += turn.reasoning === '' ? part.text : `\n\n${part.text}`;
      if (part.signature !== undefined && part.signature !== '') addOpaqueReasoning(turn, part.signature, `${path}.signature`, losses);
      return;
    case 'redacted-reasoning':
      addOpaqueReasoning(turn, part.data, path, losses);
      return;
    case 'tool-call':
      losses.addOpaque(foreignFields(part.opaque, 'openai-chat'), path, 'OpenAI');
      turn.calls.push({ id: part.id, ...encodeMade(part), ...ownFields(part.opaque, 'openai-chat') });
      return;
    case 'other':
      addOther(turn, part.dialect, part.value, path, losses);
  }
}

function encodeMade({ name, argumentsJson, custom }: Extract<AssistantPart, { readonly type: 'tool-call' }>): JsonObject {
  if (custom === true) return { type: 'custom', custom: { name, input: argumentsToInput(argumentsJson) } };
  return { type: 'function', function: { name, arguments: argumentsJson === '' ? '{}' : argumentsJson } };
}

/** Only what an OpenAI-compatible provider has made itself goes back to one. */
function addOpaqueReasoning(turn: Turn, text: string, path: string, losses: Losses): void {
  const entry = asObject(untagOpaque('openai-chat', text));
  if (entry !== undefined) turn.details.push(entry);
  else losses.add(path, 'only the provider that signed it can read it');
}

function addOther(turn: Turn, dialect: string, value: JsonObject, path: string, losses: Losses): void {
  if (dialect !== 'openai-chat') losses.add(path, `${asString(value['type']) ?? 'this block'} is known to ${dialect} only`);
  else turn.texts.push(value);
}

/** Vendors that do not know the field refuse the request ("property 'reasoning_content' is unsupported"). */
function addReasoning(encoded: Record<string, Json>, turn: Turn, message: AssistantMessage, quirks: VendorQuirks, losses: Losses): void {
  if (turn.reasoning === '') return;
  if (quirks.reasoningField !== undefined) encoded[quirks.reasoningField] = turn.reasoning;
  else losses.add(`${message.at ?? 'messages[]'}.reasoning_content`, 'this provider takes no reasoning back');
}
