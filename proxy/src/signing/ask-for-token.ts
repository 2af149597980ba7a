import type { FailureReason } from '../wire/failure.ts';
import type { JsonObject } from '../wire/json.ts';
import { asNumber, asObject, asString, parseJson } from '../wire/read-json.ts';
import { retryHintMs } from '../wire/retry-hint.ts';
import { notObtained, type Obtained } from './obtained.ts';
import type { TokenFetch, TokenRequest, TokenResponse } from './token-fetch.ts';

/** Used where an answer does not say how long the token lives: the shortest that any of these services gives. */
const DEFAULT_LIFETIME_MS = 3_600_000;

/** Who is asked and for what, for messages: `Entra ID`. */
export interface Asked {
  readonly service: string;
  readonly fetch: TokenFetch;
}

/** Sends a token request and reads the answer by RFC 6749: `access_token`, `expires_in` (seconds), `error`. */
export async function askForToken({ service, fetch }: Asked, request: TokenRequest): Promise<Obtained<string>> {
  const answer = await ask({ service, fetch }, request);
  if (answer.type === 'failure') return answer;
  const body = asObject(parseJson(answer.value.body)) ?? {};
  const token = asString(body['access_token']);
  if (token === undefined || !/^[\x21-\x7e]+$/.test(token)) return notObtained('malformed', `${service} answered without a token`);
  const seconds = asNumber(body['expires_in']) ?? Number(asString(body['expires_in']) ?? Number.NaN);
  return { type: 'value', value: token, lifetimeMs: seconds > 0 ? seconds * 1000 : DEFAULT_LIFETIME_MS };
}

/** Sends a request; anything but 2xx is a failure with what it means for the key. */
export async function ask({ service, fetch }: Asked, request: TokenRequest): Promise<Obtained<TokenResponse>> {
  let answer: TokenResponse;
  try {
    answer = await fetch(request);
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return notObtained(
      timedOut ? 'timeout' : 'network',
      `${service} cannot be reached: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
  if (answer.status >= 200 && answer.status < 300) return { type: 'value', value: answer, lifetimeMs: 0 };
  const why = explain(answer.body);
  return notObtained(
    reasonOf(answer.status),
    `${service} refused with ${answer.status}${why === '' ? '' : ` (${why})`}`,
    retryHintMs(answer.header, undefined, '', undefined),
  );
}

/** By the status: a token endpoint answers 400 to a wrong secret (`invalid_grant`, `invalid_client`). */
function reasonOf(status: number): FailureReason {
  if (status === 429) return 'rate-limited';
  if (status >= 500 || status < 400) return 'server';
  return status === 408 ? 'timeout' : 'auth';
}

const MAX_WHY_LENGTH = 200;

/** The error in words or as a code, from JSON or STS's XML; first line only. */
function explain(body: string): string {
  const json = asObject(parseJson(body));
  const text = json === undefined ? xmlMessage(body) : jsonMessage(json);
  return (text.split(/[\r\n]/)[0] ?? '').slice(0, MAX_WHY_LENGTH);
}

function jsonMessage(body: JsonObject): string {
  const nested = asObject(body['error']);
  const code = asString(body['error']) ?? asString(nested?.['code']) ?? asString(body['errorCode']) ?? '';
  const words =
    asString(body['error_description']) ??
    asString(nested?.['message']) ??
    asString(body['errorMessage']) ??
    asString(body['message']) ??
    '';
  return [code, words].filter((part) => part !== '').join(': ');
}

function xmlMessage(body: string): string {
  const [code, message] = [xmlText(body, 'Code'), xmlText(body, 'Message')];
  return [code, message].filter((part) => part !== undefined).join(': ');
}

/** Text of the first element of that name without children; undefined when there is none. */
export function xmlText(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]{1,8192})</${element}>`).exec(xml)?.[1];
}
