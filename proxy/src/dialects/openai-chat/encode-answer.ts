import type { AssistantPart } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { argumentsToInput } from '../custom-tools.ts';
import type { AnswerContext } from '../dialect.ts';
import { type AnswerPart, type FoldedChoice, foldAnswer } from '../fold-answer.ts';
import { ownFields } from '../opaque.ts';
import { encodeFinishReason } from './finish-reason.ts';
import { encodePicture } from './pictures.ts';
import { encryptedDetail, signedDetail } from './reasoning-details.ts';
import { encodeUsage } from './usage.ts';

/** A `chat.completion` object. */
export function encodeAnswer(events: readonly StreamEvent[], context: AnswerContext): JsonObject {
  const answer = foldAnswer(events);
  return {
    id: answer.id ?? context.requestId,
    object: 'chat.completion',
    created: answer.createdSeconds ?? context.nowSeconds,
    model: answer.model ?? context.model,
    choices: answer.choices.map((choice) => encodeChoice(choice, context)),
    ...(answer.usage !== undefined && { usage: encodeUsage(answer.usage) }),
  };
}

function encodeChoice(choice: FoldedChoice, context: AnswerContext): JsonObject {
  const truncated = choice.finish?.unified === 'length';
  return {
    index: choice.index,
    message: encodeMessage(choice.parts, truncated, context),
    logprobs: null,
    finish_reason: choice.finish === undefined ? 'stop' : encodeFinishReason(choice.finish),
  };
}

function encodeMessage(parts: readonly AnswerPart[], truncated: boolean, context: AnswerContext): JsonObject {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const refusals = parts.flatMap((part) => (part.type === 'refusal' ? [part.text] : []));
  const reasoning = parts.flatMap((part) => (part.type === 'reasoning' && part.text !== '' ? [part.text] : []));
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [encodeToolCall(part, truncated, context)] : []));
  const details = reasoningDetails(parts);
  const message: Record<string, Json> = {
    role: 'assistant',
    content: texts.length > 0 ? texts.join('') : null,
    refusal: refusals.length > 0 ? refusals.join('') : null,
  };
  if (reasoning.length > 0) message['reasoning_content'] = reasoning.join('');
  if (details.length > 0) message['reasoning_details'] = details;
  if (calls.length > 0) message['tool_calls'] = calls;
  const images = parts.flatMap((part) => (part.type === 'image' ? [encodePicture(part)] : []));
  if (images.length > 0) message['images'] = images;
  // An empty answer is an empty text; null stands for "see refusal or tool_calls".
  if (texts.length + refusals.length + calls.length === 0) message['content'] = '';
  return message;
}

type ToolCall = Extract<AssistantPart, { readonly type: 'tool-call' }>;

function encodeToolCall(part: ToolCall, truncated: boolean, { customTools }: AnswerContext): JsonObject {
  if (customTools?.has(part.name) === true) {
    const custom = { name: part.name, input: argumentsToInput(part.argumentsJson) };
    return { id: part.id, type: 'custom', custom, ...ownFields(part.opaque, 'openai-chat') };
  }
  return {
    id: part.id,
    type: 'function',
    function: { name: part.name, arguments: part.argumentsJson === '' && !truncated ? '{}' : part.argumentsJson },
    ...ownFields(part.opaque, 'openai-chat'),
  };
}

/** Only signed or encrypted reasoning has to come back; plain text is in `reasoning_content`. */
function reasoningDetails(parts: readonly AnswerPart[]): readonly JsonObject[] {
  const details: JsonObject[] = [];
  for (const part of parts) {
    if (part.type === 'reasoning' && part.signature !== undefined) details.push(signedDetail(part.text, part.signature, details.length));
    if (part.type === 'redacted-reasoning') details.push(encryptedDetail(part.data, details.length));
  }
  return details;
}
