import type { AssistantPart, ChatCall, ChatMessage, ContentPart } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { documentText } from '../document-text.ts';
import { isInstruction } from '../instruction.ts';
import type { Losses } from '../losses.ts';
import { foreignFields } from '../opaque.ts';
import { partPath } from '../part-path.ts';

const ID = 'replicate';
const SPEAKERS = { user: 'User', assistant: 'Assistant' } as const;

/** Instructions as `system_prompt`; a lone turn as it is, a conversation as one text that says who spoke (named). */
export function encodePrompt(call: ChatCall, losses: Losses): JsonObject {
  const instructions: string[] = [];
  const turns: { readonly speaker: string; readonly text: string }[] = [];
  for (const message of call.messages) {
    const text = encodeText(message, losses);
    if (isInstruction(message)) {
      if (turns.length > 0) losses.add(message.at ?? 'messages[]', 'moved ahead of the conversation');
      instructions.push(text);
    } else if (message.role === 'tool') {
      losses.addFatal(message.at ?? 'messages[]', 'language models at Replicate take a prompt and no results of tools');
    } else {
      turns.push({ speaker: SPEAKERS[message.role], text });
    }
  }
  const [only, second] = turns;
  if (second !== undefined) losses.add('messages', 'the turns are sent as one text: Replicate takes a prompt');
  const prompt =
    only !== undefined && second === undefined ? only.text : turns.map(({ speaker, text }) => `${speaker}: ${text}`).join('\n\n');
  return { prompt, ...(instructions.length > 0 && { system_prompt: instructions.join('\n\n') }) };
}

function encodeText(message: ChatMessage, losses: Losses): string {
  const at = message.at ?? 'messages[]';
  if (message.role !== 'tool' && message.name !== undefined) losses.add(`${at}.name`, 'Replicate has no names of participants');
  if (message.role === 'assistant' || message.role === 'tool') losses.addOpaque(foreignFields(message.opaque, ID), at, 'Replicate');
  const texts: string[] = [];
  for (const [index, part] of message.parts.entries()) {
    const path = partPath(message, index);
    if ('opaque' in part) losses.addOpaque(foreignFields(part.opaque, ID), path, 'Replicate');
    const text = textOf(part);
    if (typeof text === 'string') texts.push(text);
    else losses.add(path, text.obstacle);
  }
  return texts.join(message.role === 'assistant' ? '' : '\n');
}

function textOf(part: ContentPart | AssistantPart): string | { readonly obstacle: string } {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text;
    case 'file':
      return documentText(part.source) ?? { obstacle: 'Replicate takes text only' };
    case 'image':
    case 'audio':
      return { obstacle: 'Replicate takes text only' };
    case 'reasoning':
    case 'redacted-reasoning':
      return { obstacle: 'Replicate takes no reasoning back' };
    case 'tool-call':
      return { obstacle: 'Replicate takes no calls of tools' };
    case 'other':
      return { obstacle: `${asString(part.value['type']) ?? 'this part'} is known to ${part.dialect} only` };
  }
}
