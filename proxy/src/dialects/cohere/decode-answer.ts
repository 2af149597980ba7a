import type { Decoded } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import type { StreamError, StreamEvent } from '../../wire/stream-event.ts';
import { fromObject } from '../upstream-error/read-error-body.ts';
import { decodeFinishReason } from './finish-reason.ts';
import { decodeUsage } from './usage.ts';

/** A blocking answer as the events that its stream would have had. */
export function decodeAnswer(body: JsonObject): Decoded<readonly StreamEvent[]> {
  const message = asObject(body['message']);
  if (message === undefined) {
    const error = errorOf(body);
    return {
      type: 'invalid',
      message: error === undefined ? 'the answer has no message' : `the provider answered 200 with an error: ${error.message}`,
    };
  }
  const id = asString(body['id']);
  const calls = (asArray(message['tool_calls']) ?? []).map((item) => asObject(item) ?? {});
  const reason = decodeFinishReason(asString(body['finish_reason']) ?? '', calls.length > 0);
  if (reason.unified === 'error') return { type: 'invalid', message: `the provider gave up: finish_reason ${reason.raw}` };
  const usage = decodeUsage(body['usage']);
  return {
    type: 'ok',
    value: [
      { type: 'message-start', ...(id !== undefined && id !== '' && { id }) },
      ...planEvents(message['tool_plan']),
      ...contentEvents(message['content']),
      ...calls.flatMap((call, index) => callEvents(call, index)),
      ...citationEvents(message['citations']),
      ...(usage === undefined ? [] : [{ type: 'usage' as const, usage }]),
      { type: 'finish', reason },
    ],
  };
}

/** What the model says before it calls tools is its plan: reasoning. */
export function planEvents(plan: Json | undefined): StreamEvent[] {
  const text = asString(plan) ?? '';
  return text === '' ? [] : [{ type: 'reasoning-delta', text }];
}

/** Texts and thoughts; a list of them, one of them in a stream, or a bare text. */
export function contentEvents(content: Json | undefined): StreamEvent[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text-delta', text: content }];
  const items = asArray(content) ?? (content === undefined || content === null ? [] : [content]);
  return items.flatMap((item): StreamEvent[] => {
    const part = asObject(item) ?? {};
    const thinking = asString(part['thinking']) ?? '';
    const text = asString(part['text']) ?? '';
    return [
      ...(thinking === '' ? [] : [{ type: 'reasoning-delta' as const, text: thinking }]),
      ...(text === '' ? [] : [{ type: 'text-delta' as const, text }]),
    ];
  });
}

/** A call with as much of its arguments as is there; null, or none at all, stands for none. */
export function callEvents(call: JsonObject, index: number): StreamEvent[] {
  const made = asObject(call['function']);
  const text = asString(made?.['arguments']) ?? '';
  const start: StreamEvent = {
    type: 'tool-call-start',
    index,
    id: asString(call['id']) || `call_${index}`,
    name: asString(made?.['name']) ?? '',
  };
  return text === '' ? [start] : [start, { type: 'tool-call-delta', index, argumentsJson: text }];
}

function citationEvents(citations: Json | undefined): StreamEvent[] {
  const list = asArray(citations) ?? [];
  return list.length === 0 ? [] : [{ type: 'other', dialect: 'cohere', value: { citations: list } }];
}

/** The failure that a body or an event reports instead of an answer: flat, or in the shapes of gateways in front. */
export function errorOf(body: JsonObject): StreamError | undefined {
  if (typeof body['message'] !== 'string' && body['error'] === undefined) return undefined;
  const { message, code, type, status } = fromObject(body);
  const word = code ?? type;
  return { message, ...(word !== undefined && { code: word }), ...(status !== undefined && { status }) };
}
