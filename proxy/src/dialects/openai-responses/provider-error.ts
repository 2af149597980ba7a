import type { JsonObject } from '../../wire/json.ts';
import { asObject, asString } from '../../wire/read-json.ts';
import type { StreamError } from '../../wire/stream-event.ts';
import { fromObject } from '../upstream-error/read-error-body.ts';

/** The failure in a response, or in an `error` event, or undefined. */
export function providerError(body: JsonObject): StreamError | undefined {
  const error = asObject(body['error']);
  const failed = error !== undefined || typeof body['error'] === 'string' || body['type'] === 'error' || body['status'] === 'failed';
  if (!failed) return undefined;
  const read = fromObject(error !== undefined || typeof body['error'] === 'string' ? body : { error: body });
  const code = read.code ?? read.type;
  return {
    message: asString(error?.['message']) ?? read.message,
    ...(code !== undefined && code !== 'error' && { code }),
    ...(read.raw !== undefined && { raw: read.raw }),
    ...(read.status !== undefined && { status: read.status }),
  };
}
