import type { Json, JsonObject } from '../../wire/json.ts';
import type { FinishReason, PictureSource } from '../../wire/stream-event.ts';
import type { Usage } from '../../wire/usage.ts';
import { argumentsToInput } from '../custom-tools.ts';
import type { AnswerPart } from '../fold-answer.ts';
import { foreignState } from '../foreign-state.ts';
import { itemState } from './reasoning-item.ts';
import { encodeUsage } from './usage.ts';

export interface ResponseHead {
  readonly id: string;
  readonly model: string;
  readonly createdSeconds: number;
}

/** The members every response has, whether the caller set them or not. */
export function responseObject(
  head: ResponseHead,
  output: readonly JsonObject[],
  usage: Usage | undefined,
  finish: FinishReason | 'in_progress',
): JsonObject {
  return {
    id: head.id,
    object: 'response',
    created_at: head.createdSeconds,
    ...statusOf(finish),
    error: null,
    instructions: null,
    metadata: {},
    model: head.model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    store: false,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    usage: usage === undefined ? null : encodeUsage(usage),
  };
}

function statusOf(finish: FinishReason | 'in_progress'): Record<string, Json> {
  if (finish === 'in_progress') return { status: 'in_progress', incomplete_details: null };
  if (finish.unified === 'length') return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  if (finish.unified === 'content-filter') return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
  return { status: 'completed', incomplete_details: null };
}

/** Id of an item whose provider has no such thing. */
export function itemId(prefix: string, head: ResponseHead, index: number): string {
  return `${prefix}_${head.id.replace(/^[a-z]+_/, '')}_${index}`;
}

/** One finished output item per part; what only another dialect knows is not shown. */
export function outputItems(parts: readonly AnswerPart[], answer: AnswerOfItems): readonly JsonObject[] {
  return parts.flatMap((part, index) => outputItem(part, index, answer));
}

export interface AnswerOfItems {
  readonly head: ResponseHead;
  readonly truncated: boolean;
  readonly customTools: ReadonlySet<string> | undefined;
}

function outputItem(part: AnswerPart, index: number, { head, truncated, customTools }: AnswerOfItems): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [messageItem(itemId('msg', head, index), { type: 'output_text', text: part.text, annotations: [] })];
    case 'refusal':
      return [messageItem(itemId('msg', head, index), { type: 'refusal', refusal: part.text })];
    case 'reasoning':
      return [reasoningItem(itemId('rs', head, index), part.text, itemState(part))];
    case 'redacted-reasoning':
      return [reasoningItem(itemId('rs', head, index), '', itemState(part))];
    case 'tool-call':
      return [
        ...foreignState(part.opaque, 'openai-responses').map((data) => reasoningItem(itemId('rs', head, index), '', itemState({ data }))),
        customTools?.has(part.name) === true
          ? customCallItem(itemId('ctc', head, index), part, argumentsToInput(part.argumentsJson))
          : callItem(itemId('fc', head, index), part, part.argumentsJson === '' && !truncated ? '{}' : part.argumentsJson),
      ];
    case 'image':
      return pictureItems(itemId('ig', head, index), part.source);
    case 'other':
      return part.dialect === 'openai-responses' ? [part.value] : [];
  }
}

/** OpenAI's own tool for pictures gives them as data; an address has no place. */
export function pictureItems(id: string, source: PictureSource): JsonObject[] {
  if (source.type === 'url') return [];
  const format = source.mediaType.slice('image/'.length);
  return [{ id, type: 'image_generation_call', status: 'completed', output_format: format, result: source.data }];
}

export function messageItem(id: string, content: JsonObject): JsonObject {
  return { id, type: 'message', status: 'completed', role: 'assistant', content: [content] };
}

export function reasoningItem(id: string, text: string, state: JsonObject): JsonObject {
  return { id, type: 'reasoning', summary: text === '' ? [] : [{ type: 'summary_text', text }], ...state };
}

export function callItem(id: string, call: { readonly id: string; readonly name: string }, argumentsJson: string): JsonObject {
  return { id, type: 'function_call', status: 'completed', call_id: call.id, name: call.name, arguments: argumentsJson };
}

export function customCallItem(id: string, call: { readonly id: string; readonly name: string }, input: string): JsonObject {
  return { id, type: 'custom_tool_call', status: 'completed', call_id: call.id, name: call.name, input };
}
