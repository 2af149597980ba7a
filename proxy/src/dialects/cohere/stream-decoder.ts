import type { JsonObject } from '../../wire/json.ts';
import { asArray, asNumber, asObject, asString, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import type { StreamDecoder } from '../dialect.ts';
import { callEvents, contentEvents, errorOf, planEvents } from './decode-answer.ts';
import { decodeFinishReason } from './finish-reason.ts';
import { decodeUsage } from './usage.ts';

/** No model makes as many. */
const MAX_CALLS = 1000;

/** Cohere's typed events; `message-end` has reason and usage, `[DONE]` says nothing more. */
export class CohereStreamDecoder implements StreamDecoder {
  ended = false;
  /** Canonical index of each call by Cohere's own, which need not begin with 0. */
  private readonly calls = new Map<number, number>();

  push(event: SseEvent): readonly StreamEvent[] {
    if (this.ended || event.data.trim() === '[DONE]' || event.data.trim() === '') return [];
    const body = asObject(parseJson(event.data));
    if (body === undefined)
      return [{ type: 'error', error: { message: 'the provider sent an event that is not a JSON object', code: 'malformed' } }];
    const delta = asObject(body['delta']);
    const message = asObject(delta?.['message']);
    switch (asString(body['type']) ?? event.event) {
      case 'message-start': {
        const id = asString(body['id']);
        return [{ type: 'message-start', ...(id !== undefined && id !== '' && { id }) }];
      }
      case 'content-start':
      case 'content-delta':
        return contentEvents(message?.['content']);
      case 'tool-plan-delta':
        return planEvents(message?.['tool_plan']);
      case 'tool-call-start':
        return this.callStart(asNumber(body['index']) ?? 0, callOf(message));
      case 'tool-call-delta':
        return this.callDelta(asNumber(body['index']) ?? 0, callOf(message));
      case 'message-end':
        return this.end(delta ?? {});
      case 'citation-start':
        return [{ type: 'other', dialect: 'cohere', value: { citations: message?.['citations'] ?? null } }];
      default: {
        const error = errorOf(body);
        return error === undefined ? [] : [{ type: 'error', error }];
      }
    }
  }

  private callStart(index: number, call: JsonObject): StreamEvent[] {
    if (this.calls.size >= MAX_CALLS)
      return [{ type: 'error', error: { message: `more than ${MAX_CALLS} tool calls in one answer`, code: 'malformed' } }];
    const position = this.calls.size;
    this.calls.set(index, position);
    return callEvents(call, position);
  }

  private callDelta(index: number, call: JsonObject): StreamEvent[] {
    const position = this.calls.get(index);
    const text = asString(asObject(call['function'])?.['arguments']) ?? '';
    return position === undefined || text === '' ? [] : [{ type: 'tool-call-delta', index: position, argumentsJson: text }];
  }

  private end(delta: JsonObject): StreamEvent[] {
    const raw = asString(delta['finish_reason']) ?? '';
    const reason = decodeFinishReason(raw, this.calls.size > 0);
    if (reason.unified === 'error') {
      const why = asString(delta['error']);
      return [{ type: 'error', error: { message: `the provider gave up: ${why ?? `finish_reason ${raw}`}`, code: raw } }];
    }
    this.ended = true;
    const usage = decodeUsage(delta['usage']);
    return [...(usage === undefined ? [] : [{ type: 'usage' as const, usage }]), { type: 'finish', reason }];
  }
}

/** One call, which some versions put into a list. */
function callOf(message: JsonObject | undefined): JsonObject {
  const calls = message?.['tool_calls'];
  return asObject(calls) ?? asObject(asArray(calls)?.[0]) ?? {};
}
