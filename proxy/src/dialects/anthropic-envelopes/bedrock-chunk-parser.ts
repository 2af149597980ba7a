import { EventStreamParser } from '../../wire/event-stream.ts';
import { asObject, asString, parseJson } from '../../wire/read-json.ts';
import type { ParsedSseEvent, SsePush } from '../../wire/sse-parser.ts';
import type { StreamParser } from '../../wire/stream-parser.ts';
import { streamException } from '../bedrock-converse/exceptions.ts';
import { textFromBase64 } from '../data-url.ts';

/** Anthropic's words for what Bedrock's exceptions mean. */
const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
};

/** Frames of InvokeModelWithResponseStream to the events that Anthropic itself would have sent: `{"bytes": "<base64>"}` unwrapped. */
export class BedrockChunkParser implements StreamParser {
  private readonly frames = new EventStreamParser();

  push(chunk: Uint8Array): SsePush {
    const push = this.frames.push(chunk);
    return push.type === 'events' ? { type: 'events', events: push.events.flatMap(unwrap) } : push;
  }

  end(): SsePush {
    return this.frames.end();
  }
}

function unwrap(frame: ParsedSseEvent): readonly ParsedSseEvent[] {
  const exception = streamException(frame);
  if (exception !== undefined) {
    const type = ERROR_TYPES[exception.status ?? 0] ?? 'api_error';
    const data = JSON.stringify({ type: 'error', error: { type, message: exception.message } });
    return [{ event: 'error', data, endOffset: frame.endOffset }];
  }
  if (frame.event !== 'chunk') return [];
  const base64 = asString(asObject(parseJson(frame.data))?.['bytes']) ?? '';
  // What does not decode is no JSON, which the decoder tells.
  return [{ event: '', data: textFromBase64(base64) ?? '?', endOffset: frame.endOffset }];
}
