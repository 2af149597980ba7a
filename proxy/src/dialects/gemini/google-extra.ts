import type { JsonObject } from '../../wire/json.ts';
import { asArray, asObject } from '../../wire/read-json.ts';
import { camelMembers } from './camel-case.ts';

export interface GoogleExtra {
  /** For `generationConfig`, before what the call says elsewhere. */
  readonly generationConfig: JsonObject;
  /** For the request itself. */
  readonly request: JsonObject;
  /** The caller's other fields, to be carried or named. */
  readonly rest: JsonObject;
}

/**
 * Callers of chat completions who know Google's own OpenAI layer put what OpenAI has no field for into
 * `extra_body.google {thinking_config, cached_content}`; here it goes where that layer would have put it.
 * So do the `modalities` of those who want pictures, as OpenRouter has them.
 */
export function readGoogleExtra(rest: JsonObject): GoogleExtra {
  const { modalities, ...silent } = rest;
  const wanted = asArray(modalities)?.map((item) => String(item).toUpperCase()) ?? [];
  if (!wanted.includes('IMAGE')) return withoutModalities(rest);
  const read = withoutModalities(silent);
  return { ...read, generationConfig: { ...read.generationConfig, responseModalities: wanted } };
}

function withoutModalities(rest: JsonObject): GoogleExtra {
  const { extra_body: extra, ...others } = rest;
  const google = asObject(asObject(extra)?.['google']);
  if (google === undefined) return { generationConfig: {}, request: {}, rest };
  const { thinkingConfig, cachedContent, ...unknown } = camelMembers(google);
  const { google: _google, ...beside } = asObject(extra) ?? {};
  const left = { ...beside, ...(Object.keys(unknown).length > 0 && { google: unknown }) };
  const thinking = asObject(thinkingConfig);
  return {
    generationConfig: thinking === undefined ? {} : { thinkingConfig: camelMembers(thinking) },
    request: cachedContent === undefined ? {} : { cachedContent },
    rest: { ...others, ...(Object.keys(left).length > 0 && { extra_body: left }) },
  };
}
