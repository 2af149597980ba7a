import { EXCEPTION_PREFIX } from '../../wire/event-stream.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asNumber, asObject, asString, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import type { StreamError } from '../../wire/stream-event.ts';
import { fromObject } from '../upstream-error/read-error-body.ts';

/** Statuses that the API gives outside of streams (botocore, bedrock-runtime); inside, 200 has been answered already. */
const STATUS: Readonly<Record<string, number>> = {
  validationException: 400,
  accessDeniedException: 403,
  resourceNotFoundException: 404,
  modelTimeoutException: 408,
  modelErrorException: 424,
  modelStreamErrorException: 424,
  throttlingException: 429,
  modelNotReadyException: 429,
  internalServerException: 500,
  serviceUnavailableException: 503,
};

/** The failure behind an exception in a stream, or undefined for other events. */
export function streamException({ event, data }: SseEvent): StreamError | undefined {
  if (!event.startsWith(EXCEPTION_PREFIX)) return undefined;
  const code = event.slice(EXCEPTION_PREFIX.length);
  const body = asObject(parseJson(data)) ?? {};
  const message =
    asString(body['message']) ??
    asString(body['Message']) ??
    asString(body['originalMessage']) ??
    `the provider ended the stream with ${code}`;
  const status = asNumber(body['originalStatusCode']) ?? STATUS[code];
  return { message, code, ...(status !== undefined && { status }) };
}

/** The failure told in a body that has no answer. */
export function toldError(body: JsonObject): StreamError | undefined {
  if (body['output'] !== undefined) return undefined;
  const { message, type, code } = fromObject(body);
  const known = code ?? type;
  return message === '' ? undefined : { message, ...(known !== undefined && { code: known }) };
}
