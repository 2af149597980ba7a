import type { ChatCall, ChatMessage } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { type Instruction, isInstruction } from '../instruction.ts';
import type { Losses } from '../losses.ts';
import { CallIds } from './call-ids.ts';
import { DocumentNames } from './documents.ts';
import { encodeAssistant } from './encode-assistant.ts';
import { encodeContent } from './encode-content.ts';
import { cachePointAfter } from './marks.ts';

interface Turn {
  readonly role: 'user' | 'assistant';
  /** Results of calls come first in their message. */
  readonly results: JsonObject[];
  readonly blocks: JsonObject[];
}

/** Names and ids that have to be unlike each other within one call. */
interface Spelling {
  readonly ids: CallIds;
  readonly names: DocumentNames;
}

/** Instructions in `system`, in order; turns of one side merged; all results of a turn's calls in the one message behind it. */
export function encodeConversation(
  call: ChatCall,
  losses: Losses,
): { readonly system: readonly JsonObject[]; readonly messages: readonly JsonObject[] } {
  const spelling: Spelling = { ids: new CallIds(), names: new DocumentNames() };
  const system: JsonObject[] = [];
  const turns: Turn[] = [];
  for (const message of call.messages) {
    if (message.role !== 'tool' && message.name !== undefined)
      losses.add(`${message.at ?? 'messages[]'}.name`, 'Bedrock messages have no names');
    if (isInstruction(message)) {
      if (turns.length > 0) losses.add(message.at ?? 'messages[]', 'instructions in mid-conversation move to the front');
      system.push(...encodeInstruction(message, spelling, losses));
    } else {
      addTurn(turns, message, spelling, losses);
    }
  }
  return { system, messages: turns.map(({ role, results, blocks }) => ({ role, content: [...results, ...blocks] })) };
}

/** Instructions are texts and cache points. */
function encodeInstruction(message: Instruction, { names }: Spelling, losses: Losses): readonly JsonObject[] {
  return encodeContent(message.parts, message, names, losses).filter((block) => {
    const fits = block['text'] !== undefined || block['cachePoint'] !== undefined;
    if (!fits) losses.add(message.at ?? 'messages[]', 'Bedrock takes instructions as text');
    return fits;
  });
}

/** What says nothing opens no turn: the turns around it are then one. */
function addTurn(turns: Turn[], message: Exclude<ChatMessage, Instruction>, spelling: Spelling, losses: Losses): void {
  const role = message.role === 'assistant' ? 'assistant' : 'user';
  const results = message.role === 'tool' ? encodeToolResult(message, spelling, losses) : [];
  const blocks = blocksOf(message, spelling, losses);
  if (results.length + blocks.length === 0) return;
  let turn = turns.at(-1);
  if (turn?.role !== role) {
    turn = { role, results: [], blocks: [] };
    turns.push(turn);
  }
  turn.results.push(...results);
  turn.blocks.push(...blocks);
}

function blocksOf(message: Exclude<ChatMessage, Instruction>, { ids, names }: Spelling, losses: Losses): readonly JsonObject[] {
  if (message.role === 'tool') return [];
  return message.role === 'assistant' ? encodeAssistant(message, ids, losses) : encodeContent(message.parts, message, names, losses);
}

function encodeToolResult(
  message: Extract<ChatMessage, { readonly role: 'tool' }>,
  { ids, names }: Spelling,
  losses: Losses,
): readonly JsonObject[] {
  const content = encodeContent(message.parts, message, names, losses).filter((block) => block['cachePoint'] === undefined);
  if (content.length === 0) losses.add(message.at ?? 'messages[]', 'Bedrock refuses results without content; sent as (no output)');
  const result = {
    toolUseId: ids.safe(message.toolCallId),
    content: content.length > 0 ? content : [{ text: '(no output)' }],
    ...(message.isError === true && { status: 'error' }),
  };
  return [{ toolResult: result }, ...cachePointAfter(message.opaque, message.at ?? 'messages[]', losses)];
}
