import type { JsonObject } from '../../wire/json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import type { AnswerContext } from '../dialect.ts';
import { type FoldedChoice, foldAnswer } from '../fold-answer.ts';
import { encodeFinishReason } from '../openai-chat/finish-reason.ts';
import { encodeUsage } from '../openai-chat/usage.ts';

/** A `text_completion` object. What a chat model thought or refused has no place in it; a refusal is its text. */
export function encodeAnswer(events: readonly StreamEvent[], context: AnswerContext): JsonObject {
  const answer = foldAnswer(events);
  return {
    id: answer.id ?? context.requestId,
    object: 'text_completion',
    created: answer.createdSeconds ?? context.nowSeconds,
    model: answer.model ?? context.model,
    choices: answer.choices.map(encodeChoice),
    ...(answer.usage !== undefined && { usage: encodeUsage(answer.usage) }),
  };
}

function encodeChoice(choice: FoldedChoice): JsonObject {
  const text = choice.parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');
  const finish = choice.finish === undefined ? 'stop' : encodeFinishReason(choice.finish);
  return { text, index: choice.index, logprobs: null, finish_reason: finish };
}
