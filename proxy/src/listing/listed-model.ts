import type { ListedModel, ProviderListing } from '@headgate/crds';
import type { Json, JsonObject } from '../wire/json.ts';
import { asNumber, asObject, asString } from '../wire/read-json.ts';
import { listedCapabilities } from './listed-capabilities.ts';
import { listedPricing } from './listed-pricing.ts';

const MAX_NAME_LENGTH = 256;
const MAX_TOKENS = 100_000_000;
/**
 * No white space, nothing that cannot be seen, and no half of a character: an API server replaces those, so two names became
 * one, and a status with a name twice is refused.
 */
const NAME = /^[^\s\p{Cc}\p{Cf}\p{Cs}]+$/u;

/** Where vendors write the tokens that a model takes; the first that is there holds. */
const WINDOWS: readonly (readonly string[])[] = [
  ['context_length'],
  ['context_window'],
  ['max_context_length'],
  ['max_model_len'],
  ['context_size'],
  ['inputTokenLimit'],
  ['max_input_tokens'],
  ['limits', 'max_input_tokens'],
  ['metadata', 'context_length'],
];

/** The same for the tokens of one answer. */
const OUTPUTS: readonly (readonly string[])[] = [
  ['max_completion_tokens'],
  ['max_output_tokens'],
  ['outputTokenLimit'],
  ['top_provider', 'max_completion_tokens'],
  ['limits', 'max_output_tokens'],
];

/**
 * One entry of a list of models, whichever vendor wrote it: the names of members are told apart by themselves, so servers
 * nobody has heard of need no code. Undefined: it has no name that a call could use.
 */
export function listedModel(entry: Json, prices: ProviderListing['prices']): ListedModel | undefined {
  const fields = asObject(entry);
  const name = fields === undefined ? undefined : nameOf(fields);
  if (fields === undefined || name === undefined) return undefined;
  const capabilities = listedCapabilities(fields);
  const contextWindow = tokens(fields, WINDOWS);
  // Anthropic's `max_tokens` is that of an answer; elsewhere the word may mean anything.
  const maxOutputTokens = tokens(fields, fields['max_input_tokens'] === undefined ? OUTPUTS : [...OUTPUTS, ['max_tokens']]);
  const pricing = listedPricing(fields, prices);
  return {
    name,
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(pricing === undefined ? {} : { pricing }),
  };
}

/** `id` is what calls use where there is one (`name` may be for people); Gemini's names are paths. */
function nameOf(entry: JsonObject): string | undefined {
  const name = (asString(entry['id']) ?? asString(entry['name']) ?? asString(entry['model']))?.replace(/^models\//, '');
  return name !== undefined && name.length <= MAX_NAME_LENGTH && NAME.test(name) ? name : undefined;
}

function tokens(entry: JsonObject, places: readonly (readonly string[])[]): number | undefined {
  for (const [outer = '', inner] of places) {
    const value = asNumber(inner === undefined ? entry[outer] : asObject(entry[outer])?.[inner]);
    if (value !== undefined && Number.isInteger(value) && value >= 1 && value <= MAX_TOKENS) return value;
  }
  return undefined;
}
