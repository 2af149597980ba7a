import type { JsonObject } from '../../wire/json.ts';
import type { Observation, StreamObserver } from '../../wire/observation.ts';
import { asObject, asString, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import { finishOf } from './item-events.ts';
import { providerError } from './provider-error.ts';
import { decodeUsage } from './usage.ts';

const NOTHING: Observation = { content: false, done: false, usageOnly: false };
const CONTENT: Observation = { content: true, done: false, usageOnly: false };

const CONTENT_EVENT =
  /^response\.(?:output_text|refusal|reasoning_summary_text|reasoning_text|function_call_arguments|custom_tool_call_input)\.delta$/;
const READ_EVENT = /^(?:response\.(?:completed|incomplete|failed)|error)$/;
const IS_CALL = /"type":\s?"(?:function_call|custom_tool_call)"/;
const TYPE = /^\s*\{\s*"type"\s*:\s*"([^"]+)"/;

/** Watches a responses stream by the names of its events; only the last one is parsed. */
export class ResponsesStreamObserver implements StreamObserver {
  private hasCalls = false;
  ended = false;

  push(event: SseEvent): Observation {
    const { data } = event;
    const name = event.event === '' || event.event === 'message' ? (TYPE.exec(data)?.[1] ?? '') : event.event;
    if (CONTENT_EVENT.test(name)) return data.includes('"delta":""') ? NOTHING : CONTENT;
    if (name === 'response.output_item.added') {
      const isCall = IS_CALL.test(data);
      this.hasCalls ||= isCall;
      return isCall ? CONTENT : NOTHING;
    }
    const whole = data.trimEnd();
    if (!READ_EVENT.test(name) && (whole === '' || whole === '[DONE]' || (name !== '' && whole.endsWith('}')))) return NOTHING;
    return this.read(name, whole);
  }

  private read(name: string, data: string): Observation {
    const body = asObject(parseJson(data));
    if (body === undefined)
      return { ...NOTHING, error: { message: 'the provider sent an event that is not a JSON object', code: 'malformed' } };
    if (name === 'error' || body['error']) {
      const error = providerError(body['error'] ? body : { ...body, type: 'error' });
      return error === undefined ? NOTHING : { ...NOTHING, error };
    }
    const response = asObject(body['response']);
    return response === undefined || !READ_EVENT.test(asString(body['type']) ?? name) ? NOTHING : this.last(response);
  }

  private last(response: JsonObject): Observation {
    const error = providerError(response);
    if (error !== undefined) return { ...NOTHING, error };
    const finish = finishOf(response, this.hasCalls || IS_CALL.test(JSON.stringify(response['output'] ?? [])));
    const usage = decodeUsage(response['usage']);
    this.ended = finish !== undefined;
    return { ...NOTHING, done: true, ...(usage !== undefined && { usage }), ...(finish !== undefined && { finish }) };
  }
}
