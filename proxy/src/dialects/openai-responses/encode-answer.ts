import type { JsonObject } from '../../wire/json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import type { AnswerContext } from '../dialect.ts';
import { foldAnswer } from '../fold-answer.ts';
import { outputItems, responseObject } from './response-object.ts';

/** A `response` object. There is one answer: further choices are not asked for (a named loss of the call). */
export function encodeAnswer(events: readonly StreamEvent[], context: AnswerContext): JsonObject {
  const answer = foldAnswer(events);
  const [choice] = answer.choices;
  const head = {
    id: answer.id ?? context.requestId,
    model: answer.model ?? context.model,
    createdSeconds: answer.createdSeconds ?? context.nowSeconds,
  };
  const finish = choice?.finish ?? { unified: 'stop', raw: '' };
  const items = outputItems(choice?.parts ?? [], { head, truncated: finish.unified === 'length', customTools: context.customTools });
  return responseObject(head, items, answer.usage, finish);
}
