import type { JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import type { FinishReason, StreamEvent } from '../../wire/stream-event.ts';
import { inputToArguments } from '../custom-tools.ts';
import { argumentsText } from '../openai-chat/decode-messages.ts';
import { reasoningPart } from './reasoning-item.ts';

/** One whole output item as events; `callIndex` is that of the next function call. */
export function itemEvents(item: JsonObject, callIndex: number): StreamEvent[] {
  switch (item['type']) {
    case 'message':
      return (asArray(item['content']) ?? []).flatMap((part) => contentEvents(asObject(part) ?? {}));
    case 'function_call': {
      const text = argumentsText(item['arguments']);
      const delta: StreamEvent[] = text === '' ? [] : [{ type: 'tool-call-delta', index: callIndex, argumentsJson: text }];
      return [callStart(item, callIndex), ...delta];
    }
    case 'custom_tool_call': {
      const argumentsJson = inputToArguments(asString(item['input']) ?? '');
      return [callStart(item, callIndex), { type: 'tool-call-delta', index: callIndex, argumentsJson }];
    }
    case 'reasoning':
      return reasoningPart(item).flatMap((part): StreamEvent[] => {
        if (part.type === 'redacted-reasoning') return [part];
        if (part.type !== 'reasoning') return [];
        const text: StreamEvent[] = part.text === '' ? [] : [{ type: 'reasoning-delta', text: part.text }];
        return part.signature === undefined ? text : [...text, { type: 'reasoning-signature', signature: part.signature }];
      });
    case 'image_generation_call': {
      const data = asString(item['result']);
      if (data === undefined) return [{ type: 'other', dialect: 'openai-responses', value: item }];
      const mediaType = `image/${asString(item['output_format']) ?? 'png'}`;
      return [{ type: 'image', source: { type: 'base64', mediaType, data } }];
    }
    default:
      return [{ type: 'other', dialect: 'openai-responses', value: item }];
  }
}

/** A call for the caller to answer, of a function or of a custom tool. */
export function isCall(item: JsonObject): boolean {
  return item['type'] === 'function_call' || item['type'] === 'custom_tool_call';
}

export function callStart(item: JsonObject, index: number): StreamEvent {
  return {
    type: 'tool-call-start',
    index,
    id: asString(item['call_id']) ?? asString(item['id']) ?? `call_${index}`,
    name: asString(item['name']) ?? '',
  };
}

function contentEvents(part: JsonObject): StreamEvent[] {
  const text = asString(part['text']);
  if (part['type'] === 'output_text') return text === undefined || text === '' ? [] : [{ type: 'text-delta', text }];
  const refusal = asString(part['refusal']);
  return refusal === undefined || refusal === '' ? [] : [{ type: 'refusal-delta', text: refusal }];
}

/** Why a response ended, or undefined while it has not. */
export function finishOf(response: JsonObject, hasCalls: boolean): FinishReason | undefined {
  const status = asString(response['status']);
  if (status === 'incomplete') {
    const raw = asString(asObject(response['incomplete_details'])?.['reason']) ?? 'incomplete';
    if (raw === 'content_filter') return { unified: 'content-filter', raw };
    return { unified: raw === 'max_output_tokens' || raw === 'max_tokens' ? 'length' : 'other', raw };
  }
  // Servers of the compatible kind leave the status out.
  if (status !== undefined && status !== 'completed') return undefined;
  return { unified: hasCalls ? 'tool-calls' : 'stop', raw: status ?? 'completed' };
}
