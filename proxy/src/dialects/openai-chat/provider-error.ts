import type { JsonObject } from '../../wire/json.ts';
import { asNumber, asObject } from '../../wire/read-json.ts';
import type { StreamError } from '../../wire/stream-event.ts';
import { fromObject } from '../upstream-error/read-error-body.ts';

/** The failure that a provider reports inside a 2xx body or chunk, or undefined. */
export function providerError(body: JsonObject): StreamError | undefined {
  const groq = asObject(body['x_groq'])?.['error'];
  const minimaxStatus = asNumber(asObject(body['base_resp'])?.['status_code']) ?? 0;
  const failed = Boolean(body['error']) || body['object'] === 'error' || body['type'] === 'error' || Boolean(groq) || minimaxStatus !== 0;
  if (!failed) return undefined;
  const read = fromObject(body['error'] || !groq ? body : { error: groq });
  const code = read.code ?? read.type;
  const { message, raw } = read;
  return {
    message,
    ...(raw !== undefined && { raw }),
    ...(code !== undefined && { code }),
    ...(read.status !== undefined && { status: read.status }),
  };
}
