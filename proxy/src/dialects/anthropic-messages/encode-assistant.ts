import type { AssistantPart, ChatMessage } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import type { Losses } from '../losses.ts';
import { isTagged } from '../opaque-text.ts';
import { partPath } from '../part-path.ts';
import { argumentsToObject } from '../tool-arguments.ts';
import { addForeign, marks } from './marks.ts';
import type { ToolIds } from './tool-ids.ts';

type AssistantMessage = Extract<ChatMessage, { readonly role: 'assistant' }>;

/** The blocks of an earlier answer. Empty texts are left out: Anthropic refuses them. */
export function encodeAssistantParts(message: AssistantMessage, ids: ToolIds, losses: Losses): readonly JsonObject[] {
  addForeign(message.opaque, message.at ?? 'messages[]', losses);
  return message.parts.flatMap((part, index) => encodePart(part, partPath(message, index), message, ids, losses));
}

function encodePart(part: AssistantPart, path: string, message: AssistantMessage, ids: ToolIds, losses: Losses): JsonObject[] {
  switch (part.type) {
    case 'text':
      addForeign(part.opaque, path, losses);
      return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text, ...marks(part.opaque) }];
    case 'refusal':
      return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }];
    case 'reasoning':
      if (isSigned(part.signature)) return [{ type: 'thinking', thinking: part.text, signature: part.signature }];
      losses.add(reasoningPlace(message, 'reasoning_content'), 'Anthropic takes back only thinking that it has signed');
      return [];
    case 'redacted-reasoning':
      if (isSigned(part.data)) return [{ type: 'redacted_thinking', data: part.data }];
      losses.add(reasoningPlace(message, 'reasoning_details'), 'only the provider that made it can read it');
      return [];
    case 'tool-call':
      addForeign(part.opaque, path, losses);
      return [
        { type: 'tool_use', id: ids.safe(part.id), name: part.name, input: argumentsToObject(part.argumentsJson), ...marks(part.opaque) },
      ];
    case 'other':
      if (part.dialect === 'anthropic-messages') return [part.value];
      losses.add(path, `${asString(part.value['type']) ?? 'this part'} is known to ${part.dialect} only`);
      return [];
  }
}

/** Chat completions keep reasoning in a member of the message, other dialects in items or parts of their own. */
function reasoningPlace(message: AssistantMessage, member: string): string {
  const at = message.at ?? 'messages[]';
  return at.startsWith('messages[') ? `${at}.${member}` : at;
}

/** By Anthropic: nobody else's state is untagged. */
function isSigned(opaque: string | undefined): boolean {
  return opaque !== undefined && opaque !== '' && !isTagged(opaque);
}
