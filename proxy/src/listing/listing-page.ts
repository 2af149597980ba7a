import type { ListedModel, ProviderListing } from '@headgate/crds';
import type { Json, JsonObject } from '../wire/json.ts';
import { asArray, asObject, asString } from '../wire/read-json.ts';
import { listedModel } from './listed-model.ts';

export interface ListingPage {
  readonly models: readonly ListedModel[];
  /** Query that asks for the next page; undefined: this is the last. */
  readonly next: string | undefined;
  /** It has more entries than are read; none was. */
  readonly tooLong?: true;
}

/** Of a whole list. */
export const MAX_MODELS = 5000;

/**
 * One page of a list of models: `{data: [...]}` (OpenAI, Anthropic and most others), `{models: [...]}` (Gemini, Cohere,
 * Ollama) or the array alone (Together, GitHub Models). Undefined: it is none, or none of its entries has a name.
 */
export function readListingPage(body: Json | undefined, prices: ProviderListing['prices']): ListingPage | undefined {
  const envelope = asObject(body);
  const entries = asArray(body) ?? asArray(envelope?.['data']) ?? asArray(envelope?.['models']) ?? emptyList(envelope);
  if (entries === undefined) return undefined;
  if (entries.length > MAX_MODELS) return { models: [], next: undefined, tooLong: true };
  const models = entries.flatMap((entry) => listedModel(entry, prices) ?? []);
  if (entries.length > 0 && models.length === 0) return undefined;
  return { models, next: envelope === undefined ? undefined : nextPage(envelope) };
}

/** Ollama without models: `{"object": "list", "data": null}`. */
function emptyList(envelope: JsonObject | undefined): readonly Json[] | undefined {
  return envelope?.['object'] === 'list' && envelope['data'] === null ? [] : undefined;
}

/** Gemini, Cohere, Anthropic. */
function nextPage(envelope: JsonObject): string | undefined {
  const lastId = envelope['has_more'] === true ? envelope['last_id'] : undefined;
  const pages: readonly (readonly [string, Json | undefined])[] = [
    ['pageToken', envelope['nextPageToken']],
    ['page_token', envelope['next_page_token']],
    ['after_id', lastId],
  ];
  for (const [name, value] of pages) {
    const token = asString(value);
    if (token !== undefined && token !== '') return `${name}=${encodeURIComponent(token)}`;
  }
  return undefined;
}
