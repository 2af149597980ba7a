import type { JsonObject } from '../../wire/json.ts';
import { asNumber, asObject, asString, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { CustomInputWriter } from '../custom-input-writer.ts';
import type { StreamDecoder } from '../dialect.ts';
import { outputEvents, startEvent } from './decode-answer.ts';
import { callStart, finishOf, isCall, itemEvents } from './item-events.ts';
import { providerError } from './provider-error.ts';
import { reasoningPart } from './reasoning-item.ts';
import { decodeUsage } from './usage.ts';

/** What has been told of an output item by deltas, so that its final form adds only the rest. */
interface ItemState {
  readonly callIndex: number | undefined;
  /** Set for a custom tool's call. */
  readonly input?: CustomInputWriter;
  told: boolean;
}

const MALFORMED = { message: 'the provider sent an event that is not a JSON object', code: 'malformed' };
/** No response has as many items; the decoder's memory has to end somewhere. */
const MAX_ITEMS = 1000;

/** Events of a responses stream, told apart by `type`; unknown ones are skipped, as the SDK does. */
export class ResponsesStreamDecoder implements StreamDecoder {
  private readonly items = new Map<number, ItemState>();
  private callCount = 0;
  private started = false;
  private toldAnything = false;
  ended = false;

  push(event: SseEvent): readonly StreamEvent[] {
    const data = event.data.trim();
    if (data === '' || data === '[DONE]') return [];
    const body = asObject(parseJson(data));
    if (body === undefined) return [{ type: 'error', error: MALFORMED }];
    const type = asString(body['type']) ?? event.event;
    if (type === 'error' || event.event === 'error' || body['error']) {
      const error = providerError(body['error'] ? body : { ...body, type: 'error' });
      return error === undefined ? [] : [{ type: 'error', error }];
    }
    const events = this.read(type, body);
    this.toldAnything ||= events.some(({ type: kind }) => kind !== 'message-start');
    return events;
  }

  private read(type: string, body: JsonObject): StreamEvent[] {
    const index = asNumber(body['output_index']) ?? 0;
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
        return this.start(asObject(body['response']) ?? {});
      case 'response.output_item.added':
        return this.added(index, asObject(body['item']) ?? {});
      case 'response.output_text.delta':
        return this.delta(index, 'text-delta', body['delta']);
      case 'response.refusal.delta':
        return this.delta(index, 'refusal-delta', body['delta']);
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.delta(index, 'reasoning-delta', body['delta']);
      case 'response.reasoning_summary_part.added':
        return (asNumber(body['summary_index']) ?? 0) > 0 ? [{ type: 'reasoning-delta', text: '\n\n' }] : [];
      case 'response.function_call_arguments.delta':
        return this.argumentsDelta(index, asString(body['delta']) ?? '');
      case 'response.custom_tool_call_input.delta':
        return this.inputDelta(index, asString(body['delta']) ?? '');
      case 'response.output_item.done':
        return this.done(index, asObject(body['item']) ?? {});
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        return this.finish(asObject(body['response']) ?? {});
      default:
        return [];
    }
  }

  private start(response: JsonObject): StreamEvent[] {
    if (this.started) return [];
    this.started = true;
    return [startEvent(response)];
  }

  private added(index: number, item: JsonObject): StreamEvent[] {
    if (this.items.size >= MAX_ITEMS) return [{ type: 'error', error: { message: 'too many output items', code: 'malformed' } }];
    const callIndex = isCall(item) ? this.callCount++ : undefined;
    this.items.set(index, { callIndex, told: false, ...(item['type'] === 'custom_tool_call' && { input: new CustomInputWriter() }) });
    return callIndex === undefined ? [] : [callStart(item, callIndex)];
  }

  private delta(index: number, type: 'text-delta' | 'refusal-delta' | 'reasoning-delta', value: JsonObject[string]): StreamEvent[] {
    const item = this.items.get(index);
    if (item !== undefined) item.told = true;
    return typeof value === 'string' && value !== '' ? [{ type, text: value }] : [];
  }

  private argumentsDelta(index: number, text: string): StreamEvent[] {
    const item = this.items.get(index);
    if (item?.callIndex === undefined || text === '') return [];
    item.told = true;
    return [{ type: 'tool-call-delta', index: item.callIndex, argumentsJson: text }];
  }

  private inputDelta(index: number, text: string): StreamEvent[] {
    const item = this.items.get(index);
    return item?.input === undefined || text === '' ? [] : this.argumentsDelta(index, item.input.push(text));
  }

  /** The item's final form: its opaque state, and everything where no deltas came. */
  private done(index: number, item: JsonObject): StreamEvent[] {
    const state = this.items.get(index);
    this.items.delete(index);
    if (state?.callIndex !== undefined) {
      if (state.input !== undefined) {
        const whole = state.told ? '' : state.input.push(asString(item['input']) ?? '');
        return [{ type: 'tool-call-delta', index: state.callIndex, argumentsJson: whole + state.input.end() }];
      }
      const text = asString(item['arguments']) ?? '';
      return state.told || text === '' ? [] : [{ type: 'tool-call-delta', index: state.callIndex, argumentsJson: text }];
    }
    if (state?.told !== true) return itemEvents(item, isCall(item) ? this.callCount++ : this.callCount);
    const [part] = item['type'] === 'reasoning' ? reasoningPart(item) : [];
    if (part?.type === 'reasoning' && part.signature !== undefined) return [{ type: 'reasoning-signature', signature: part.signature }];
    return [];
  }

  private finish(response: JsonObject): StreamEvent[] {
    const error = providerError(response);
    if (error !== undefined) return [{ type: 'error', error }];
    const whole = this.toldAnything ? [] : outputEvents(response);
    if (whole.some(({ type }) => type === 'tool-call-start')) this.callCount++;
    const reason = finishOf(response, this.callCount > 0);
    const usage = decodeUsage(response['usage']);
    this.ended = reason !== undefined;
    return [
      ...this.start(response),
      ...whole,
      ...(usage === undefined ? [] : [{ type: 'usage', usage } as const]),
      ...(reason === undefined ? [] : [{ type: 'finish', reason } as const]),
    ];
  }
}
