import type { ChatCall, ChatMessage } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { type Instruction, isInstruction } from '../instruction.ts';
import type { Losses } from '../losses.ts';
import { encodeAssistantParts } from './encode-assistant.ts';
import { encodeContent } from './encode-blocks.ts';
import { addForeign, marks } from './marks.ts';
import { ToolIds } from './tool-ids.ts';

interface Turn {
  readonly role: 'user' | 'assistant';
  /** Results of tools come first in their message, whatever came first in the call. */
  readonly results: JsonObject[];
  readonly blocks: JsonObject[];
}

/**
 * The conversation as Anthropic wants it: instructions in `system`, in order; turns of one side merged; all results of
 * a turn's calls in the one message behind it.
 */
export function encodeConversation(
  call: ChatCall,
  losses: Losses,
): { readonly system: Json | undefined; readonly messages: readonly JsonObject[] } {
  const ids = new ToolIds();
  const system: JsonObject[] = [];
  const turns: Turn[] = [];
  for (const message of call.messages) {
    if (message.role !== 'tool' && message.name !== undefined)
      losses.add(`${message.at ?? 'messages[]'}.name`, 'Anthropic messages have no names');
    if (isInstruction(message)) {
      if (turns.length > 0) losses.add(message.at ?? 'messages[]', 'instructions in mid-conversation move to the front');
      system.push(...encodeContent(message.parts, message, losses));
    } else {
      addTurn(turns, message, ids, losses);
    }
  }
  trimBegunAnswer(turns, call.messages.at(-1), losses);
  if (turns.length === 0 && system.length > 0) {
    losses.add(call.messages[0]?.at ?? 'messages[0]', 'sent as a user turn, since Anthropic answers nothing else');
    return { system: undefined, messages: [{ role: 'user', content: contentOf(system) }] };
  }
  return {
    system: contentOf(system) ?? undefined,
    messages: turns.map((turn) => ({ role: turn.role, content: contentOf([...turn.results, ...turn.blocks]) })),
  };
}

/** What says nothing opens no turn: Anthropic refuses empty content, and the turns around it are then one. */
function addTurn(turns: Turn[], message: Exclude<ChatMessage, Instruction>, ids: ToolIds, losses: Losses): void {
  const role = message.role === 'assistant' ? 'assistant' : 'user';
  const results = message.role === 'tool' ? [encodeToolResult(message, ids, losses)] : [];
  const blocks = blocksOf(message, ids, losses);
  if (results.length + blocks.length === 0) return;
  let turn = turns.at(-1);
  if (turn?.role !== role) {
    turn = { role, results: [], blocks: [] };
    turns.push(turn);
  }
  turn.results.push(...results);
  turn.blocks.push(...blocks);
}

/** An answer that the caller has begun may not end in white space: Anthropic refuses the call. */
function trimBegunAnswer(turns: readonly Turn[], message: ChatMessage | undefined, losses: Losses): void {
  const turn = turns.at(-1);
  const last = turn?.blocks.at(-1);
  const text = last?.['type'] === 'text' ? asString(last['text']) : undefined;
  if (turn?.role !== 'assistant' || text === undefined) return;
  const trimmed = text.trimEnd();
  if (trimmed === '' || trimmed === text) return;
  turn.blocks.splice(-1, 1, { ...last, text: trimmed });
  losses.add(message?.at ?? 'messages[]', 'white space at the end of a begun answer is left out, since Anthropic refuses it');
}

function blocksOf(message: Exclude<ChatMessage, Instruction>, ids: ToolIds, losses: Losses): readonly JsonObject[] {
  if (message.role === 'tool') return [];
  return message.role === 'assistant' ? encodeAssistantParts(message, ids, losses) : encodeContent(message.parts, message, losses);
}

function encodeToolResult(message: Extract<ChatMessage, { readonly role: 'tool' }>, ids: ToolIds, losses: Losses): JsonObject {
  addForeign(message.opaque, message.at ?? 'messages[]', losses);
  return {
    type: 'tool_result',
    tool_use_id: ids.safe(message.toolCallId),
    content: contentOf(encodeContent(message.parts, message, losses)),
    is_error: message.isError === true ? true : undefined,
    ...marks(message.opaque),
  };
}

/** A lone text without marks is a string. */
function contentOf(blocks: readonly JsonObject[]): Json | undefined {
  const [first] = blocks;
  if (first === undefined) return undefined;
  return blocks.length === 1 && first['type'] === 'text' && Object.keys(first).length === 2 ? first['text'] : blocks;
}
