import type { JsonObject } from '../../wire/json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { NOTHING_USED } from '../../wire/usage.ts';
import type { AnswerContext } from '../dialect.ts';
import { type AnswerPart, foldAnswer } from '../fold-answer.ts';
import { foreignState } from '../foreign-state.ts';
import { ownFields } from '../opaque.ts';
import { argumentsToObject } from '../tool-arguments.ts';
import { encodeStopReason } from './stop-reason.ts';
import { encodeUsage } from './usage.ts';

/** A `message` object. Anthropic has one answer: further choices are not asked for (a named loss of the call). */
export function encodeAnswer(events: readonly StreamEvent[], context: AnswerContext): JsonObject {
  const answer = foldAnswer(events);
  const choice = answer.choices[0];
  return {
    id: answer.id ?? context.requestId,
    type: 'message',
    role: 'assistant',
    model: answer.model ?? context.model,
    content: (choice?.parts ?? []).flatMap(encodePart),
    stop_reason: encodeStopReason(choice?.finish, choice?.stopSequence),
    stop_sequence: choice?.stopSequence ?? null,
    // Its SDKs insist on numbers.
    usage: encodeUsage(answer.usage ?? NOTHING_USED),
  };
}

function encodePart(part: AnswerPart): JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [{ type: 'text', text: part.text }];
    case 'reasoning':
      return [{ type: 'thinking', thinking: part.text, signature: part.signature ?? '' }];
    case 'redacted-reasoning':
      return [{ type: 'redacted_thinking', data: part.data }];
    case 'tool-call':
      return [
        ...foreignState(part.opaque, 'anthropic-messages').map((data) => ({ type: 'redacted_thinking', data })),
        {
          type: 'tool_use',
          id: part.id,
          name: part.name,
          input: argumentsToObject(part.argumentsJson),
          ...ownFields(part.opaque, 'anthropic-messages'),
        },
      ];
    // Anthropic's models make no pictures, and its answers have no place for them.
    case 'image':
      return [];
    case 'other':
      return part.dialect === 'anthropic-messages' && isBlock(part.value) ? [part.value] : [];
  }
}

/** Deltas and citations that only make sense inside the stream they came in are no blocks. */
function isBlock(value: JsonObject): boolean {
  return typeof value['type'] === 'string' && !/_delta$|^citations$/.test(value['type']);
}
