import type { JsonObject } from '../../wire/json.ts';
import type { Observation, StreamObserver } from '../../wire/observation.ts';
import { asArray, asObject, asString, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import type { FinishReason } from '../../wire/stream-event.ts';
import type { Usage } from '../../wire/usage.ts';
import { providerError } from './provider-error.ts';
import { decodeStopReason } from './stop-reason.ts';
import { UsageMerger } from './usage.ts';

const NOTHING: Observation = { content: false, done: false, usageOnly: false };
const CONTENT: Observation = { content: true, done: false, usageOnly: false };

/** A delta with something in it; quotes inside strings are escaped, so this matches members only. */
const CONTENT_DELTA = /"(?:text|thinking|partial_json)":\s?"(?!")/;
const CONTENT_BLOCK = /"type":\s?"(?:tool_use|redacted_thinking)"/;

/** Watches Anthropic's stream: deltas, the bulk of it, cost one search. */
export class AnthropicStreamObserver implements StreamObserver {
  private readonly usage = new UsageMerger();
  private finished = false;
  private stopped = false;

  get ended(): boolean {
    return this.finished && this.stopped;
  }

  push(event: SseEvent): Observation {
    switch (event.event) {
      case 'content_block_delta':
        return CONTENT_DELTA.test(event.data) ? CONTENT : NOTHING;
      case 'content_block_start':
        return CONTENT_BLOCK.test(event.data) || CONTENT_DELTA.test(event.data) ? CONTENT : NOTHING;
      case 'ping':
      case 'content_block_stop':
        return NOTHING;
      default:
        return this.read(event);
    }
  }

  private read(event: SseEvent): Observation {
    const data = event.data.trim();
    if (data === '' || data === '[DONE]') return NOTHING;
    const body = asObject(parseJson(data));
    if (body === undefined)
      return { ...NOTHING, error: { message: 'the provider sent an event that is not a JSON object', code: 'malformed' } };
    const error = providerError(event.event === 'error' && body['error'] === undefined ? { error: body } : body);
    if (error !== undefined) return { ...NOTHING, error };
    const type = asString(body['type']);
    // Servers that leave out `event:` lines.
    if (event.event === '' && type !== undefined && /^(?:content_block_|ping)/.test(type)) return this.push({ event: type, data });
    if (type === 'message_start') return this.start(asObject(body['message']) ?? {});
    if (type === 'message_delta') return told(this.usage.push(body['usage']), this.finish(asObject(body['delta']) ?? {}));
    if (type !== 'message_stop') return NOTHING;
    this.stopped = true;
    return { ...NOTHING, done: true };
  }

  /** With a whole turn in it at times, see `AnthropicStreamDecoder`. */
  private start(message: JsonObject): Observation {
    const whole = (asArray(message['content']) ?? []).length > 0;
    const observation = told(this.usage.push(message['usage']), whole ? this.finish(message) : undefined);
    return whole ? { ...observation, content: true } : observation;
  }

  private finish(message: JsonObject): FinishReason | undefined {
    const raw = asString(message['stop_reason']);
    this.finished ||= raw !== undefined;
    return raw === undefined ? undefined : decodeStopReason(raw);
  }
}

function told(usage: Usage | undefined, finish?: FinishReason): Observation {
  return { ...NOTHING, ...(usage !== undefined && { usage }), ...(finish !== undefined && { finish }) };
}
