import type { ModelProviderModelPricing, ModelProviderSpec } from './kinds.gen.ts';
import type { Capability, DialectId, ProviderAuth, VendorQuirks } from './routing-table.ts';

/** What `ModelProvider.spec.type` may be. */
export type VendorType = ModelProviderSpec['type'];

/** Family of rate-limit headers a vendor sends; the families differ in names and in how they write times. */
export type RateLimitHeaders = 'openai' | 'anthropic' | 'mistral' | 'together' | 'openrouter' | 'ietf';

/** One entry of crds/catalog/vendors.json. */
export interface CatalogVendor {
  readonly name: VendorType;
  /** Wire formats the vendor speaks; the first is the one used unless the object says otherwise. */
  readonly dialects: readonly [DialectId, ...DialectId[]];
  /** `origin` and `basePath` together; null: the object must say where. */
  readonly baseURL: string | null;
  /** Scheme, host and port, e.g. `https://api.openai.com`; null with `baseURL`. */
  readonly origin: string | null;
  /** Path prefix before the dialect's own path, e.g. `/v1` or ``; without `origin`: the usual prefix of such servers. */
  readonly basePath: string;
  /** How the key travels, by dialect; has an entry for each of `dialects`. */
  readonly auth: Readonly<Partial<Record<DialectId, ProviderAuth>>>;
  /** Environment variable in which people keep the key; null: there is no custom. */
  readonly keyEnv: string | null;
  /** Counted from `basePath`; null: the vendor has no embeddings. */
  readonly embeddingsPath: string | null;
  /** Counted from the origin; null: the vendor lists no models. */
  readonly listingPath: string | null;
  /** null: none known. */
  readonly rateLimitHeaders: RateLimitHeaders | null;
  readonly quirks: VendorQuirks;
  /** Where these facts are documented. */
  readonly source: string;
}

/** What the catalogue knows of a model; a ModelProvider's `models` entry has the same shape and overrides it. */
export interface CatalogModel {
  readonly name: string;
  readonly capabilities: readonly Capability[];
  /** Tokens of input and output together. */
  readonly contextWindow?: number;
  /** Tokens. */
  readonly maxOutputTokens?: number;
  /** Decimal USD strings; absent = unpriced, which is not free. */
  readonly pricing?: ModelProviderModelPricing;
}
