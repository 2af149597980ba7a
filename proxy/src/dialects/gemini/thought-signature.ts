import type { Opaque } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asObject, asString, parseJson } from '../../wire/read-json.ts';
import { base64FromText, textFromBase64 } from '../data-url.ts';
import { ownFields } from '../opaque.ts';
import { tagOpaque, untagOpaque } from '../opaque-text.ts';

/**
 * Where thought signatures travel (they have to come back unchanged, or Gemini 3 refuses the call):
 * - between Gemini and Gemini: `thoughtSignature`, byte for byte
 * - to OpenAI callers: `tool_calls[].extra_content.google.thought_signature`, the place of Google's own OpenAI layer
 * - to Anthropic callers: the `signature` of the thinking block, or a `redacted_thinking` block, tagged `gemini:`
 * - the other way round, signatures of other vendors travel to Gemini callers inside a `thoughtSignature`, see `packState`
 */
export const DIALECT = 'gemini';

/** State of another dialect on its way through a Gemini caller. */
export interface ForeignState {
  readonly signature?: string;
  readonly redacted?: string;
  readonly opaque?: JsonObject;
}

/** Nine bytes, so that their base64 has no padding and is a prefix of the whole. */
const MARK = 'headgate:';
const MARK_BASE64 = 'aGVhZGdhdGU6';

/** A thought signature is base64 by its type, and SDKs decode it. */
export function packState(state: ForeignState): string {
  return base64FromText(MARK + JSON.stringify(state));
}

/** The state that `packState` put into a thought signature; undefined for signatures that Gemini made. */
export function unpackState(thoughtSignature: string): ForeignState | undefined {
  if (!thoughtSignature.startsWith(MARK_BASE64)) return undefined;
  // SDKs may print base64 in its other alphabet.
  const text = textFromBase64(thoughtSignature.replaceAll('-', '+').replaceAll('_', '/'));
  const state = asObject(parseJson(text?.slice(MARK.length) ?? ''));
  if (state === undefined) return undefined;
  const signature = asString(state['signature']);
  const redacted = asString(state['redacted']);
  const opaque = asObject(state['opaque']);
  return {
    ...(signature !== undefined && { signature }),
    ...(redacted !== undefined && { redacted }),
    ...(opaque !== undefined && { opaque }),
  };
}

/** For the signature of a reasoning block. */
export function tagSignature(thoughtSignature: string): string {
  return tagOpaque(DIALECT, { thoughtSignature });
}

/** For a text part, which has no place for a signature of its own: a redacted block behind the text. */
export function tagTextSignature(thoughtSignature: string): string {
  return tagOpaque(DIALECT, { textSignature: thoughtSignature });
}

/** What `tagSignature`, `tagTextSignature` or an encoder's tagged `opaque` says; undefined when it is another's. */
export function untagFields(text: string): JsonObject | undefined {
  return asObject(untagOpaque(DIALECT, text));
}

/** Opaque of a call in an answer: for the own side, and as OpenAI callers know it. */
export function signedCall(thoughtSignature: string): Opaque {
  return {
    [DIALECT]: { thoughtSignature },
    'openai-chat': { extra_content: { google: { thought_signature: thoughtSignature } } },
  };
}

/** The signature of a call that comes back, wherever it travelled. */
export function signatureOfCall(opaque: Opaque | undefined): string | undefined {
  return asString(ownFields(opaque, DIALECT)['thoughtSignature']) ?? googleSignature(ownFields(opaque, 'openai-chat'));
}

export function googleSignature(fields: JsonObject): string | undefined {
  return asString(asObject(asObject(fields['extra_content'])?.['google'])?.['thought_signature']);
}
