import type { JsonObject } from '../../wire/json.ts';
import { asObject } from '../../wire/read-json.ts';
import type { StreamError } from '../../wire/stream-event.ts';
import { fromObject } from '../upstream-error/read-error-body.ts';

/** Status that goes with a type where the stream has already answered 200. */
const STATUS_BY_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** The failure that a provider reports inside a 2xx body or stream, or undefined. */
export function providerError(body: JsonObject): StreamError | undefined {
  if (body['type'] !== 'error' && asObject(body['error']) === undefined && typeof body['error'] !== 'string') return undefined;
  const read = fromObject(body);
  const code = read.type ?? read.code;
  const status = read.status ?? STATUS_BY_TYPE[code ?? ''];
  return { message: read.message, ...(code !== undefined && { code }), ...(status !== undefined && { status }) };
}
