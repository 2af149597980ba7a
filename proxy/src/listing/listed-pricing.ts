import type { ListedPricing, ProviderListing } from '@headgate/crds';
import type { Json, JsonObject } from '../wire/json.ts';
import { asNumber, asObject, asString } from '../wire/read-json.ts';

/** Names of the prices in `pricing`, and 1e-9 USD per token for one of their unit. */
interface Tariff {
  readonly input: string;
  readonly output: string;
  readonly cachedInput?: string;
  readonly cacheWrite?: string;
  readonly request?: string;
  readonly nanoUsd: number;
  /** 0 is a price; else it says that the model is not sold by the token. */
  readonly zeroIsFree: boolean;
}

const TARIFFS: Readonly<Record<NonNullable<ProviderListing['prices']>, Tariff>> = {
  /** OpenRouter: USD per token as text, `-1` where it depends. */
  PerToken: {
    input: 'prompt',
    output: 'completion',
    cachedInput: 'input_cache_read',
    cacheWrite: 'input_cache_write',
    request: 'request',
    nanoUsd: 1e9,
    zeroIsFree: true,
  },
  /** Together: USD per million tokens; models for dedicated endpoints have 0 for everything. */
  PerMillionTokens: { input: 'input', output: 'output', cachedInput: 'cached_input', nanoUsd: 1e3, zeroIsFree: false },
};

/** What a model costs; undefined: unknown, which is not free. */
export function listedPricing(entry: JsonObject, prices: ProviderListing['prices']): ListedPricing | undefined {
  const pricing = asObject(entry['pricing']);
  if (pricing === undefined || prices === undefined) return undefined;
  const tariff = TARIFFS[prices];
  const rate = (name: string | undefined): number | undefined => (name === undefined ? undefined : nanoUsd(pricing[name], tariff.nanoUsd));
  const inputNanoUsd = rate(tariff.input);
  const outputNanoUsd = rate(tariff.output);
  if (inputNanoUsd === undefined || outputNanoUsd === undefined) return undefined;
  if (inputNanoUsd === 0 && outputNanoUsd === 0 && !tariff.zeroIsFree) return undefined;
  const cachedInputNanoUsd = rate(tariff.cachedInput);
  const cacheWriteNanoUsd = rate(tariff.cacheWrite);
  const perRequestNanoUsd = tariff.request === undefined ? undefined : nanoUsd(pricing[tariff.request], 1e9);
  return {
    inputNanoUsd,
    outputNanoUsd,
    ...(cachedInputNanoUsd === undefined ? {} : { cachedInputNanoUsd }),
    ...(cacheWriteNanoUsd === undefined ? {} : { cacheWriteNanoUsd }),
    ...(perRequestNanoUsd === undefined || perRequestNanoUsd === 0 ? {} : { perRequestNanoUsd: Math.round(perRequestNanoUsd) }),
  };
}

/** 1,000,000 USD: whatever costs more is no price, and numbers without bound would end as none. */
const MAX_NANO_USD = 1e15;
/** `Number` reads an empty text as 0, which would be free. */
const AMOUNT = /^\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i;

/** To a millionth of 1e-9 USD, so that decimal prices come out as they were written. */
function nanoUsd(price: Json | undefined, factor: number): number | undefined {
  const text = asString(price) ?? '';
  const usd = asNumber(price) ?? (AMOUNT.test(text) ? Number(text) : Number.NaN);
  return usd >= 0 && usd * factor <= MAX_NANO_USD ? Math.round(usd * factor * 1e6) / 1e6 : undefined;
}
