import type { ChatCall, ChatMessage, ContentPart } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { type Instruction, isInstruction } from '../instruction.ts';
import type { Losses } from '../losses.ts';
import { foreignFields, ownFields } from '../opaque.ts';
import { partPath } from '../part-path.ts';
import { ModelTurn } from './encode-assistant.ts';
import { encodeParts } from './encode-parts.ts';
import { encodeFunctionResponse } from './function-response.ts';
import type { ModelFamily } from './model-family.ts';
import { DIALECT } from './thought-signature.ts';

type ToolMessage = Extract<ChatMessage, { readonly role: 'tool' }>;
type Content = { readonly role: 'user' | 'model'; readonly parts: JsonObject[] };

export interface EncodedConversation {
  readonly systemInstruction?: JsonObject;
  readonly contents: readonly JsonObject[];
}

interface TurnContext {
  /** Names of the functions called so far, by id of the call: results have to say them again. */
  readonly names: Map<string, string>;
  readonly family: ModelFamily;
  readonly losses: Losses;
}

/** The conversation in turns that alternate, and every instruction ahead of it, which is the one place Gemini has for them. */
export function encodeConversation(call: ChatCall, family: ModelFamily, losses: Losses): EncodedConversation {
  const instructions: JsonObject[] = [];
  const contents: Content[] = [];
  const context: TurnContext = { names: new Map(), family, losses };
  for (const message of call.messages) {
    if (isInstruction(message)) {
      if (contents.length > 0) losses.add(message.at ?? 'messages[]', 'moved ahead of the conversation');
      instructions.push(...encodeInstruction(message.parts, message, losses));
    } else {
      append(contents, message.role === 'assistant' ? 'model' : 'user', encodeTurn(message, context));
    }
  }
  if (contents.length === 0 && instructions.length > 0) {
    losses.add(call.messages[0]?.at ?? 'messages[0]', 'sent as a user turn, since Gemini answers nothing else');
    return { contents: [{ role: 'user', parts: instructions }] };
  }
  return { contents, ...(instructions.length > 0 && { systemInstruction: { parts: instructions } }) };
}

function encodeTurn(message: Exclude<ChatMessage, Instruction>, context: TurnContext): readonly JsonObject[] {
  const { names, family, losses } = context;
  switch (message.role) {
    case 'assistant':
      for (const part of message.parts) if (part.type === 'tool-call') names.set(part.id, part.name);
      return new ModelTurn(losses).encode(message, family.demandsSignatures);
    case 'tool':
      return encodeToolResult(message, context);
    case 'user':
      if (message.name !== undefined) losses.add(`${message.at ?? 'messages[]'}.name`, 'Gemini has no names of participants');
      return encodeParts(message.parts, message, losses);
  }
}

function append(contents: Content[], role: Content['role'], parts: readonly JsonObject[]): void {
  if (parts.length === 0) return;
  const last = contents.at(-1);
  if (last?.role === role) last.parts.push(...parts);
  else contents.push({ role, parts: [...parts] });
}

function encodeInstruction(parts: readonly ContentPart[], message: ChatMessage, losses: Losses): readonly JsonObject[] {
  const encoded = encodeParts(parts, message, losses).filter((part) => part['text'] !== '');
  for (const [index, part] of parts.entries()) {
    if (part.type !== 'text') losses.add(partPath(message, index), 'instructions are text only');
  }
  return encoded.filter((part) => typeof part['text'] === 'string');
}

function encodeToolResult(message: ToolMessage, { names, family, losses }: TurnContext): readonly JsonObject[] {
  const at = message.at ?? 'messages[]';
  const { name: givenName, ...foreign } = foreignFields(message.opaque, DIALECT);
  losses.addOpaque(foreign, at, 'Gemini');
  const name = names.get(message.toolCallId) ?? asString(givenName);
  if (name === undefined) losses.add(`${at}.tool_call_id`, 'no call has this id, so the name of its function is not known');
  const parts = encodeParts(message.parts, message, losses);
  const text = parts.flatMap((part) => asString(part['text']) ?? []).join('\n');
  const media = parts.filter((part) => typeof part['text'] !== 'string');
  const response = {
    id: message.toolCallId,
    name: name ?? message.toolCallId,
    response: encodeFunctionResponse(text, message.isError === true),
    ...(family.mixesFreely && media.length > 0 && { parts: media }),
    ...ownFields(message.opaque, DIALECT),
  };
  if (media.length === 0 || family.mixesFreely) return [{ functionResponse: response }];
  const first = message.parts.findIndex((part) => part.type !== 'text');
  losses.add(partPath(message, first), 'results of this model carry text only; moved behind them');
  return [{ functionResponse: response }, ...media];
}
