import { camelMembers } from '../../../dialects/gemini/camel-case.ts';
import { splitPart } from '../../../dialects/gemini/split-part.ts';
import type { Json, JsonObject } from '../../../wire/json.ts';
import { asArray, asObject, asString } from '../../../wire/read-json.ts';
import type { EmbedRequest } from './embed-method.ts';

/** A request of `embedContent`, alone or within a batch; Vertex AI has the settings in `embedContentConfig`. */
export function readRequest(given: Json | undefined): EmbedRequest {
  const { content, model: _model, embedContentConfig, ...settings } = camelMembers(asObject(given) ?? {});
  return { text: textOf(content), settings: { ...settings, ...camelMembers(asObject(embedContentConfig) ?? {}) } };
}

/** Several text parts are one text of several lines: a content has one vector. */
function textOf(content: Json | undefined): string | undefined {
  const parts = (asArray(asObject(content)?.['parts']) ?? []).map(splitPart);
  if (parts.length === 0 || parts.some(({ kind, value }) => kind !== 'text' || typeof value !== 'string')) return undefined;
  return parts.map(({ value }) => asString(value) ?? '').join('\n');
}

/** Gemini's `usageMetadata` of vectors. */
export function writeUsage(promptTokens: number | undefined): JsonObject {
  return promptTokens === undefined ? {} : { usageMetadata: { promptTokenCount: promptTokens } };
}
