import type { ModelProviderModelPricing, ModelProviderSpec } from './kinds.gen.ts';
import type { Capability, ProviderAuth, ProviderPaths, UpstreamDialectId, VendorQuirks } from './routing-table.ts';

/** What `ModelProvider.spec.type` may be. */
export type VendorType = ModelProviderSpec['type'];

/** Family of rate-limit headers a vendor sends; the families differ in names and in how they write times. */
export type RateLimitHeaders = 'openai' | 'anthropic' | 'mistral' | 'together' | 'openrouter' | 'ietf';

/** What an object says to fill in the `{...}` of a vendor's data; all of it is spelt out in docs/reference.md. */
export type VendorParameter = 'region' | 'resource' | 'apiVersion' | 'project' | 'accountID' | 'projectID' | 'workspaceHost';

/** Where the vendor serves from. */
export interface VendorRegions {
  /** Used when the object names none; null: it must name one. */
  readonly default: string | null;
  /** Regions whose origin is not the one that `origin` makes of their name; without `{region}` there: all there are. */
  readonly origins?: Readonly<Record<string, string>>;
}

/** Where everything is for objects that name an `apiVersion`. */
export interface VersionedLayout {
  readonly basePath: string;
  /** By dialect. */
  readonly paths: Readonly<Partial<Record<UpstreamDialectId, ProviderPaths>>>;
  /** First version that can be asked for usage in streams; older ones refuse `stream_options`. */
  readonly streamUsageSince: string;
}

/** How a pod proves who it is, without any key. */
export interface VendorWorkloadIdentity {
  readonly type: 'AWS' | 'GCP' | 'Azure';
  readonly auth: ProviderAuth;
}

/** One entry of crds/catalog/vendors.json. Texts marked with {} may hold parameters such as `{region}`. */
export interface CatalogVendor {
  readonly name: VendorType;
  /** Wire formats the vendor speaks; the first is the one used unless the object says otherwise. */
  readonly dialects: readonly [UpstreamDialectId, ...UpstreamDialectId[]];
  /** Those of `dialects` that the vendor understands as well as the first: their callers are passed through. */
  readonly alsoSpeaks?: readonly UpstreamDialectId[];
  /** {} `origin` and `basePath` together; null: the object must say where. */
  readonly baseURL: string | null;
  /** {} Scheme, host and port, e.g. `https://api.openai.com`; null with `baseURL`. */
  readonly origin: string | null;
  /** {} Path prefix before the dialect's own path, e.g. `/v1` or ``; without `origin`: the usual prefix of such servers. */
  readonly basePath: string;
  /** {} The prefix of dialects that are not found at `basePath`. */
  readonly basePaths?: Readonly<Partial<Record<UpstreamDialectId, string>>>;
  /** {} Absent: the API has no versions to choose from. */
  readonly versioned?: VersionedLayout;
  /** Absent: the vendor has one address for everybody. */
  readonly regions?: VendorRegions;
  /** {} How the key travels, by dialect; has an entry for each of `dialects`. */
  readonly auth: Readonly<Partial<Record<UpstreamDialectId, ProviderAuth>>>;
  /** {} What is done with a Secret that holds a credentials file of this vendor instead of a key; absent: nothing can be. */
  readonly fileAuth?: ProviderAuth;
  /** {} Absent: pods cannot prove themselves to this vendor. */
  readonly workloadIdentity?: VendorWorkloadIdentity;
  /** Environment variable in which people keep the key; null: there is no custom. */
  readonly keyEnv: string | null;
  /** Counted from `basePath`; null: the vendor has no embeddings. */
  readonly embeddingsPath: string | null;
  /** Counted from the origin, may carry a query; null: the vendor does not list what can be asked for. */
  readonly listingPath: string | null;
  /** `listingPath` of dialects whose list is elsewhere, or that have none. */
  readonly listingPaths?: Readonly<Partial<Record<UpstreamDialectId, string | null>>>;
  /** What the prices in the list are for; absent: it has none, or none that are documented. */
  readonly listingPrices?: 'PerToken' | 'PerMillionTokens';
  /** null: none known. */
  readonly rateLimitHeaders: RateLimitHeaders | null;
  /** {} in `addedFields`. */
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
