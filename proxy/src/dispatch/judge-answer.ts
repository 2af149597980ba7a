import type { IncomingHttpHeaders } from 'node:http';
import type { ReceivedCall } from '../accept/parse-call.ts';
import type { AnswerContext, WireUpstream } from '../dialects/dialect.ts';
import type { UpstreamError } from '../wire/failure.ts';
import type { JsonObject } from '../wire/json.ts';
import { asCount, asObject, parseJson } from '../wire/read-json.ts';
import type { FinishReason, StreamError, StreamEvent } from '../wire/stream-event.ts';
import { NOTHING_USED, type Usage } from '../wire/usage.ts';

/** What a whole answer turned out to be. */
export type Verdict =
  | { readonly type: 'answer'; readonly body: Buffer; readonly usage: Usage | undefined; readonly finish: FinishReason | undefined }
  | { readonly type: 'failure'; readonly error: UpstreamError };

export interface WholeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Judges a blocking answer before a byte of it goes to the caller: what is empty, cut, HTML, not JSON, an error inside
 * 200 or without an answer in it is a failure that another target may mask.
 */
export function judgeAnswer(answer: WholeAnswer, call: ReceivedCall, provider: WireUpstream, context: AnswerContext): Verdict {
  const read = readAnswer(answer);
  if (read.type === 'failure') return read;
  if (call.operation === 'count-tokens') return judgeCount(answer.body, read.json);
  if (provider.id === call.dialect.id) {
    const seen = provider.observeAnswer(read.json);
    if (seen.type === 'answer') return { type: 'answer', body: answer.body, usage: seen.usage, finish: seen.finish };
    return { type: 'failure', error: seen.error === undefined ? malformed(seen.message) : classify(provider, seen.error) };
  }
  const decoded = decodeEvents(read.json, provider);
  if (decoded.type === 'failure') return decoded;
  const body = Buffer.from(JSON.stringify(call.dialect.encodeAnswer(decoded.events, context)));
  return { type: 'answer', body, usage: decoded.usage, finish: decoded.finish };
}

export type DecodedAnswer =
  | {
      readonly type: 'events';
      readonly events: readonly StreamEvent[];
      readonly usage: Usage | undefined;
      readonly finish: FinishReason | undefined;
    }
  | { readonly type: 'failure'; readonly error: UpstreamError };

/** A blocking answer as the events it is made of; also for providers that answer a stream request in one piece. */
export function decodeAnswerEvents(answer: WholeAnswer, provider: WireUpstream): DecodedAnswer {
  const read = readAnswer(answer);
  return read.type === 'failure' ? read : decodeEvents(read.json, provider);
}

function decodeEvents(json: JsonObject, provider: WireUpstream): DecodedAnswer {
  const decoded = provider.decodeAnswer(json);
  if (decoded.type === 'invalid') {
    const seen = provider.observeAnswer(json);
    const told = seen.type === 'invalid' ? seen.error : undefined;
    return { type: 'failure', error: told === undefined ? malformed(decoded.message) : classify(provider, told) };
  }
  let usage: Usage | undefined;
  let finish: FinishReason | undefined;
  for (const event of decoded.value) {
    if (event.type === 'error') return { type: 'failure', error: classify(provider, event.error) };
    if (event.type === 'usage') usage = event.usage;
    if (event.type === 'finish') finish = event.reason;
  }
  return { type: 'events', events: decoded.value, usage, finish };
}

/** The JSON object of an answer, or why it is none. */
export function readAnswer(
  answer: WholeAnswer,
): { readonly type: 'json'; readonly json: JsonObject } | { readonly type: 'failure'; readonly error: UpstreamError } {
  if (answer.body.length === 0) return { type: 'failure', error: malformed('the answer is empty') };
  const text = answer.body.toString('utf8');
  const value = parseJson(text);
  if (value === undefined) {
    const html = /^\s*<(?:!doctype|html|head|body)/i.test(text);
    return { type: 'failure', error: malformed(html ? 'the answer is an HTML page' : 'the answer is not JSON, or cut off') };
  }
  const json = asObject(value);
  if (json === undefined) return { type: 'failure', error: malformed('the answer is not a JSON object') };
  return { type: 'json', json };
}

/** Counting costs nothing, so it must not be metered as if the counted call had been made. */
function judgeCount(body: Buffer, json: JsonObject): Verdict {
  const counted = asCount(json['input_tokens'] ?? json['totalTokens']) !== undefined;
  if (!counted) return { type: 'failure', error: malformed('the answer has no number of tokens') };
  return { type: 'answer', body, usage: NOTHING_USED, finish: undefined };
}

/** Statuses for errors told inside a 200 without one. */
const DEFAULT_ERROR_STATUS = 500;

/** An error that the provider told inside a 2xx, judged as if it had come with its proper status. */
export function classify(provider: WireUpstream, error: StreamError): UpstreamError {
  const type = error.code ?? 'server_error';
  const body = JSON.stringify({ type: 'error', error: { type, code: type, message: error.message, metadata: { raw: error.raw } } });
  return provider.decodeError(error.status ?? DEFAULT_ERROR_STATUS, () => undefined, body);
}

export function malformed(message: string): UpstreamError {
  return { reason: 'malformed', message };
}
