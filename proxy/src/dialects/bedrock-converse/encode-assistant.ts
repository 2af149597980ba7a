import type { AssistantPart, ChatMessage } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import type { Losses } from '../losses.ts';
import { isTagged } from '../opaque-text.ts';
import { partPath } from '../part-path.ts';
import { argumentsToObject } from '../tool-arguments.ts';
import type { CallIds } from './call-ids.ts';
import { cachePointAfter } from './marks.ts';

type AssistantMessage = Extract<ChatMessage, { readonly role: 'assistant' }>;

/** The blocks of an earlier answer. */
export function encodeAssistant(message: AssistantMessage, ids: CallIds, losses: Losses): readonly JsonObject[] {
  const place = message.at ?? 'messages[]';
  const blocks = message.parts.flatMap((part, index) => encodePart(part, partPath(message, index), place, ids, losses));
  return [...blocks, ...(blocks.length > 0 ? cachePointAfter(message.opaque, place, losses) : [])];
}

function encodePart(part: AssistantPart, path: string, place: string, ids: CallIds, losses: Losses): readonly JsonObject[] {
  switch (part.type) {
    case 'text':
      return part.text.trim() === '' ? [] : [{ text: part.text }, ...cachePointAfter(part.opaque, path, losses)];
    case 'refusal':
      return part.text.trim() === '' ? [] : [{ text: part.text }];
    case 'reasoning':
      if (isSigned(part.signature)) return [{ reasoningContent: { reasoningText: { text: part.text, signature: part.signature } } }];
      losses.add(`${place}.reasoning_content`, 'Bedrock takes back only reasoning that its model has signed');
      return [];
    case 'redacted-reasoning':
      if (isSigned(part.data)) return [{ reasoningContent: { redactedContent: part.data } }];
      losses.add(`${place}.reasoning_details`, 'only the provider that made it can read it');
      return [];
    case 'tool-call':
      return [
        { toolUse: { toolUseId: ids.safe(part.id), name: part.name, input: argumentsToObject(part.argumentsJson) } },
        ...cachePointAfter(part.opaque, path, losses),
      ];
    case 'other':
      losses.add(path, `${asString(part.value['type']) ?? 'this part'} is known to ${part.dialect} only`);
      return [];
  }
}

/** State of another dialect is tagged. */
function isSigned(state: string | undefined): state is string {
  return state !== undefined && state !== '' && !isTagged(state);
}
