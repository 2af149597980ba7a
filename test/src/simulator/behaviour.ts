import { type JsonObject, type JsonValue, numberOf } from './json.ts';

/** How one request is answered. Every absent field means: as a healthy provider would. */
export interface Behaviour {
  /** Request received -> first token (blocking: the whole wait before generation). */
  readonly firstTokenMs: number;
  /** Between two tokens. */
  readonly tokenMs: number;
  /** Shortest text answer in tokens (the caller's own bound still holds): for long streams. */
  readonly padTokens?: number;
  /** Answer with this HTTP status (4xx, 5xx) and the dialect's error body. */
  readonly status?: number;
  /** `retry-after` header in seconds that goes with `status`. */
  readonly retryAfterSeconds?: number;
  /** Destroy the socket after so many tokens; 0 = before the head. */
  readonly cutAfterTokens?: number;
  /** Go silent, socket open, after so many tokens; 0 = before the head. */
  readonly stallAfterTokens?: number;
  /** Send the dialect's error event after so many tokens and end. */
  readonly errorAfterTokens?: number;
  /** End the stream politely, without finish reason or `[DONE]`, after so many tokens. */
  readonly endAfterTokens?: number;
  /** Report so many of the prompt's tokens as read from the provider's prompt cache. */
  readonly cachedTokens?: number;
}

/** Name in headers, model suffixes and scripts -> field. */
const FIELDS: Readonly<Record<string, keyof Behaviour>> = {
  'first-token-ms': 'firstTokenMs',
  'token-ms': 'tokenMs',
  'pad-tokens': 'padTokens',
  status: 'status',
  'retry-after': 'retryAfterSeconds',
  'cut-after': 'cutAfterTokens',
  'stall-after': 'stallAfterTokens',
  'error-after': 'errorAfterTokens',
  'end-after': 'endAfterTokens',
  'cached-tokens': 'cachedTokens',
};

export const BEHAVIOUR_NAMES: readonly string[] = Object.keys(FIELDS);

export type BehaviourParse =
  | { readonly type: 'behaviour'; readonly behaviour: Partial<Behaviour> }
  | { readonly type: 'invalid'; readonly message: string };

/** Reads `{"status": 503, "retry-after": 2}`. */
export function behaviourFromObject(object: JsonObject): BehaviourParse {
  const behaviour: Partial<Record<keyof Behaviour, number>> = {};
  for (const [name, value] of Object.entries(object)) {
    const field = FIELDS[name];
    const number = numberOf(value);
    if (field === undefined) return { type: 'invalid', message: `unknown behaviour "${name}"; known are ${BEHAVIOUR_NAMES.join(', ')}` };
    if (number === undefined || number < 0) return { type: 'invalid', message: `behaviour "${name}" must be a number >= 0` };
    behaviour[field] = number;
  }
  if (behaviour.status !== undefined && !(behaviour.status >= 400 && behaviour.status <= 599))
    return { type: 'invalid', message: 'behaviour "status" must be between 400 and 599' };
  return { type: 'behaviour', behaviour };
}

/** Reads `status=503,retry-after=2`: the form of the `x-simulator` header and of the model suffix after `!`. */
export function behaviourFromText(text: string): BehaviourParse {
  const object: Record<string, JsonValue> = {};
  for (const part of text.split(',')) {
    const [name, value] = part.split('=', 2).map((piece) => piece.trim());
    if (name === undefined || name === '') continue;
    object[name] = value === undefined || value === '' ? null : Number(value);
  }
  return behaviourFromObject(object);
}
