import type { JsonObject } from '../../wire/json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import type { AnswerContext } from '../dialect.ts';
import { type AnswerPart, type FoldedChoice, foldAnswer } from '../fold-answer.ts';
import { extrasOf } from './candidate-extras.ts';
import { callPart, picturePart, redactedPart, signaturePart, thoughtPart } from './encode-answer-part.ts';
import { encodeFinishReason } from './finish-reason.ts';
import { DIALECT } from './thought-signature.ts';
import { encodeUsage } from './usage.ts';

/** A `GenerateContentResponse`. */
export function encodeAnswer(events: readonly StreamEvent[], context: AnswerContext): JsonObject {
  const answer = foldAnswer(events);
  return {
    candidates: answer.choices.map(encodeCandidate),
    ...(answer.usage !== undefined && { usageMetadata: encodeUsage(answer.usage) }),
    modelVersion: answer.model ?? context.model,
    responseId: answer.id ?? context.requestId,
  };
}

function encodeCandidate(choice: FoldedChoice): JsonObject {
  const parts = choice.parts.flatMap(encodePart);
  return {
    content: { parts: parts.length > 0 ? parts : [{ text: '' }], role: 'model' },
    finishReason: encodeFinishReason(choice.finish),
    index: choice.index,
    ...extrasIn(choice.parts),
  };
}

function encodePart(part: AnswerPart): JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'reasoning':
      return [part.signature === undefined ? thoughtPart(part.text) : signaturePart(part.text, part.signature)];
    case 'redacted-reasoning':
      return [redactedPart(part.data)];
    case 'tool-call':
      return [callPart(part)];
    case 'image':
      return [picturePart(part.source, part.opaque)];
    case 'other':
      return part.dialect === DIALECT && extrasOf(part.value) === undefined ? [part.value] : [];
  }
}

function extrasIn(parts: readonly AnswerPart[]): JsonObject {
  let extras: JsonObject = {};
  for (const part of parts) if (part.type === 'other' && part.dialect === DIALECT) extras = { ...extras, ...extrasOf(part.value) };
  return extras;
}
