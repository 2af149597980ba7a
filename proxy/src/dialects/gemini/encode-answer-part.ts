import type { Opaque } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import type { PictureSource } from '../../wire/stream-event.ts';
import { argumentsToObject } from '../tool-arguments.ts';
import { packState, signatureOfCall, untagFields } from './thought-signature.ts';

/** Parts of an answer for a Gemini caller; state of other vendors goes into a thought signature, to come back with it. */

export function thoughtPart(text: string): JsonObject {
  return { text, thought: true };
}

export function signaturePart(text: string, signature: string): JsonObject {
  return { text, thought: true, ...(untagFields(signature) ?? { thoughtSignature: packState({ signature }) }) };
}

export function redactedPart(data: string): JsonObject {
  const fields = untagFields(data);
  if (fields === undefined) return { text: '', thought: true, thoughtSignature: packState({ redacted: data }) };
  return { text: '', thoughtSignature: asString(fields['textSignature']) ?? asString(fields['thoughtSignature']) ?? '' };
}

export interface AnsweredCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsJson: string;
  readonly opaque?: Opaque;
}

export function callPart({ id, name, argumentsJson, opaque }: AnsweredCall): JsonObject {
  return { functionCall: { id, name, args: argumentsToObject(argumentsJson) }, ...signatureFor(opaque) };
}

export function picturePart(source: PictureSource, opaque: Opaque | undefined): JsonObject {
  const data =
    source.type === 'base64'
      ? { inlineData: { mimeType: source.mediaType, data: source.data } }
      : { fileData: { fileUri: source.url, mimeType: source.mediaType ?? 'image/png' } };
  return { ...data, ...signatureFor(opaque) };
}

function signatureFor(opaque: Opaque | undefined): JsonObject {
  const thoughtSignature = signatureOfCall(opaque) ?? (opaque && Object.keys(opaque).length > 0 ? packState({ opaque }) : undefined);
  return thoughtSignature === undefined ? {} : { thoughtSignature };
}
