/**
 * The routing table: compiled plain data that the operator publishes and every proxy runs. Each resource is hashed and
 * delivered on its own, so that one edit moves O(edit) bytes. Changes are additive only: an operator of version N
 * talks to proxies of N-1 and N+1 (see compatibility.ts).
 */

/** Version of the contract spoken by this build; both sides refuse a different major. */
export const CONTRACT_VERSION = 1;

/** `provider/<ns>/<name>`, `policy/<ns>/<name>`, `consumer/<ns>/<name>` or `settings`. */
export type ResourceKey = string;

export interface RoutingTable {
  readonly contractVersion: number;
  /** Monotonic over leaderships: term x 1e8 + count. */
  readonly revision: number;
  /** sha256 (hex) over the sorted `key hash` lines of every resource. */
  readonly hash: string;
  readonly resources: Readonly<Record<ResourceKey, TableResource>>;
}

export interface TableResource {
  /** sha256 (hex) of the canonical JSON of `body`. */
  readonly hash: string;
  readonly body: ResourceBody;
}

export type ResourceBody = ProviderResource | PolicyResource | ConsumerResource | SettingsResource;

/** Which object of the API server a resource was compiled from. */
export interface ObjectIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
}

/** Wire formats that callers and providers speak; ids match proxy/src/dialects. */
export type DialectId = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini';

/** Wire formats a provider can speak: also those that no caller does. */
export type UpstreamDialectId =
  | DialectId
  | 'anthropic-bedrock'
  | 'anthropic-vertex'
  | 'bedrock-converse'
  | 'cohere'
  | 'ollama'
  | 'replicate';

/** What a model can be known for, by the words of `spec.models[].capabilities`. */
export const CAPABILITIES = [
  'Chat',
  'Completions',
  'Embeddings',
  'Tools',
  'Vision',
  'Audio',
  'JsonSchema',
  'Reasoning',
  'Rerank',
  'Moderation',
  'Images',
  'Speech',
  'Transcription',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

export interface ProviderResource extends ObjectIdentity {
  readonly type: 'provider';
  /** Catalogue vendor, e.g. `OpenAI`, or `Custom`. */
  readonly vendor: string;
  readonly dialect: UpstreamDialectId;
  /** One per address: a vendor's host, or every ready pod behind a `serviceRef`. Empty when nothing is ready. */
  readonly origins: readonly Origin[];
  /** Path prefix before the dialect's own path, e.g. `/v1`; never ends in `/`. */
  readonly basePath: string;
  /** Where operations are, if not where the dialect says. */
  readonly paths?: ProviderPaths;
  /** What else the same origins understand: callers of such a dialect are passed through instead of translated. */
  readonly alternatives?: readonly AlternativeDialect[];
  readonly auth: ProviderAuth;
  /** Extra headers sent to the provider, already validated. */
  readonly headers: readonly HeaderPair[];
  /** Empty when the provider needs no key. */
  readonly credentials: readonly ProviderCredential[];
  /** Only what the provider object lists itself; the facts of every routed model travel in `PolicyTarget.facts`. */
  readonly models: readonly ProviderModel[];
  readonly timeouts: PhaseTimeouts;
  readonly circuitBreaker: CircuitBreakerSettings;
  /** Ceiling of requests in flight per endpoint and proxy; absent = no ceiling. */
  readonly concurrency?: number;
  readonly tls?: ProviderTls;
  /** Vendor deviations that the dialect must know; see crds/catalog/vendors.json. */
  readonly quirks: VendorQuirks;
  /** Loopback and private addresses are dialled only when true (serviceRef, or the operator's allow-list). */
  readonly privateAddressesAllowed: boolean;
  /** Absent: nobody wants to know which models there are. */
  readonly listing?: ProviderListing;
}

/** Where a provider lists its models; proxies read it and tell the operator (`ReportFrame.listings`). */
export interface ProviderListing {
  /** From the origin on (not below `basePath`); a query may follow. */
  readonly path: string;
  /** What is listed. Another subject is another list: what the one before held does not stand in for it. */
  readonly subject: string;
  /** What the prices in the list are for; absent: they are not read. */
  readonly prices?: 'PerToken' | 'PerMillionTokens';
}

/** Another dialect of a provider; what is not said here is as in the provider. */
export interface AlternativeDialect {
  readonly dialect: UpstreamDialectId;
  readonly basePath: string;
  readonly auth: ProviderAuth;
  readonly quirks: VendorQuirks;
}

/** Below `basePath`; `{model}` stands for the model's name, a query may follow. */
export interface ProviderPaths {
  readonly chat?: string;
  readonly embeddings?: string;
}

export interface Origin {
  /** `https://api.openai.com` or `http://10.244.0.7:8000`; scheme, host and port only. */
  readonly url: string;
}

/** How a request proves who sends it. Where a proxy makes something of the secret, each type says what the secret is. */
export type ProviderAuth =
  | { readonly type: 'Bearer' }
  | { readonly type: 'Header'; readonly name: string }
  | { readonly type: 'None' }
  /**
   * AWS Signature Version 4 over each request. Secret: JSON `{accessKeyId, secretAccessKey, sessionToken?}`. Without a
   * credential the proxy signs as its own pod, or as `roleArn`.
   */
  | { readonly type: 'AwsSigV4'; readonly region: string; readonly service: string; readonly roleArn?: string }
  /** OAuth token of a Google service account. Secret: JSON `{client_email, private_key, private_key_id?}`; without: the pod's. */
  | { readonly type: 'GoogleServiceAccount'; readonly scope: string }
  /** Entra token for the pod's federated identity; tenant and client as given, else those of the pod. No secret. */
  | { readonly type: 'AzureFederated'; readonly scope: string; readonly tenantId?: string; readonly clientId?: string }
  /** OAuth client credentials. Secret: JSON `{client_id, client_secret}`. */
  | { readonly type: 'OAuthClientCredentials'; readonly tokenUrl: string; readonly scope: string }
  /** IBM Cloud API key, exchanged for an IAM token. */
  | { readonly type: 'IbmIamApiKey'; readonly tokenUrl: string };

export interface HeaderPair {
  readonly name: string;
  readonly value: string;
}

export interface ProviderCredential {
  readonly name: string;
  /** The key itself. Only on the control stream and in the snapshot Secret; never in logs, status or `GET /table`. */
  readonly secret: string;
  /** Share of traffic among the credentials of one provider; 0 = only when the others are unusable. */
  readonly weight: number;
  /** How this secret is used, where that is not the provider's `auth`: a credentials file among plain keys. */
  readonly auth?: ProviderAuth;
}

export interface ProviderModel {
  readonly name: string;
  readonly capabilities: readonly Capability[];
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  /** Absent = unpriced: cost is unknown, never zero. */
  readonly pricing?: ModelPricing;
}

/**
 * Nano-USD (1e-9 USD) per token: 2.50 USD per million tokens = 2,500. Whole numbers up to three decimals of the price;
 * finer prices (0.0028 USD per million) stay exact as a fraction (2.8), so round once per request, never per token.
 */
export interface ModelPricing {
  readonly inputNanoUsd: number;
  readonly outputNanoUsd: number;
  /** Absent = cached input costs what uncached input costs. */
  readonly cachedInputNanoUsd?: number;
  /** Absent = writing the cache costs what uncached input costs. */
  readonly cacheWriteNanoUsd?: number;
  readonly perRequestNanoUsd?: number;
  /** Sorted by `aboveInputTokens` ascending; the last tier exceeded applies to the whole request. */
  readonly tiers?: readonly PricingTier[];
}

export interface PricingTier {
  readonly aboveInputTokens: number;
  readonly inputNanoUsd: number;
  readonly outputNanoUsd: number;
  readonly cachedInputNanoUsd?: number;
  readonly cacheWriteNanoUsd?: number;
}

export interface PhaseTimeouts {
  readonly connectMs: number;
  /** Request sent -> first content-bearing byte (blocking: the whole head). */
  readonly firstTokenMs: number;
  /** Longest silence between two pieces after the first content. */
  readonly idleMs: number;
  readonly totalMs: number;
}

export interface CircuitBreakerSettings {
  readonly consecutiveFailures: number;
  readonly failurePercent: number;
  readonly minRequests: number;
  readonly windowMs: number;
  readonly openMs: number;
  readonly maxOpenMs: number;
}

export interface ProviderTls {
  readonly caPem?: string;
  readonly serverName?: string;
  readonly insecureSkipVerify: boolean;
}

export interface VendorQuirks {
  /** Vendor refuses `stream_options`, so usage cannot be asked for in streams. */
  readonly noStreamOptions?: boolean;
  /** Vendor ends streams without `[DONE]`. */
  readonly noDone?: boolean;
  /** `max_tokens` or `max_completion_tokens`: which one the vendor wants. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** Field in which the vendor carries reasoning text. */
  readonly reasoningField?: 'reasoning' | 'reasoning_content';
  /** Request fields that the vendor refuses; removed with a named loss. */
  readonly unsupportedFields?: readonly string[];
  /** Members that the vendor wants in every body, over the caller's. */
  readonly addedFields?: readonly BodyField[];
}

export interface BodyField {
  readonly name: string;
  readonly value: string;
}

export interface PolicyResource extends ObjectIdentity {
  readonly type: 'policy';
  /** RFC 3339; the older policy wins a name that two policies claim. */
  readonly createdAt: string;
  /** What this policy still answers to, after the names it lost to others were taken out. */
  readonly models: readonly ModelMatch[];
  readonly access: PolicyAccess;
  readonly rules: readonly PolicyRule[];
  readonly resilience: PolicyResilience;
  readonly onLossy: 'Warn' | 'Refuse';
}

export type ModelMatch = { readonly type: 'Exact'; readonly name: string } | { readonly type: 'Prefix'; readonly prefix: string };

export interface PolicyAccess {
  readonly from: 'Same' | 'All' | 'Selector';
  /** Labels a consumer must carry when `from` is Selector. */
  readonly matchLabels: Readonly<Record<string, string>>;
  /** Namespaces whose consumers may call: for Same the policy's own; empty = every namespace. */
  readonly namespaces: readonly string[];
  readonly anonymous: boolean;
}

export interface PolicyRule {
  readonly name: string;
  /** Absent = always matches. */
  readonly match?: RuleMatch;
  readonly strategy: StrategyType;
  readonly targets: readonly PolicyTarget[];
}

export type StrategyType = 'Priority' | 'RoundRobin' | 'Weighted' | 'LeastBusy' | 'Latency' | 'Cost';

/** Every present field must hold. */
export interface RuleMatch {
  readonly headers?: readonly { readonly name: string; readonly value: string; readonly type: 'Exact' | 'Prefix' }[];
  readonly consumers?: {
    readonly names?: readonly string[];
    readonly tiers?: readonly string[];
    readonly matchLabels?: Readonly<Record<string, string>>;
  };
  /** Any of these words, case-insensitive, on word boundaries, in the last user message. */
  readonly keywords?: readonly string[];
  readonly inputTokens?: { readonly min?: number; readonly max?: number };
  readonly tools?: 'Present' | 'Absent';
  /** Every one of these must occur in the request. */
  readonly modalities?: readonly ('Text' | 'Image' | 'Audio' | 'File')[];
}

export interface PolicyTarget {
  /** Key of the provider resource: `provider/<ns>/<name>`. */
  readonly provider: ResourceKey;
  readonly model: string;
  readonly weight: number;
  /**
   * What is known about the model: catalogue facts under the provider's overrides. Carried here, so that a provider
   * resource does not depend on who targets it. Absent = nothing is known (any capability, unpriced).
   */
  readonly facts?: ProviderModel;
}

export interface PolicyResilience {
  /** Most attempts per request, the first included. */
  readonly attempts: number;
  /** Retries and failovers in flight, as a percentage of requests in flight (never fewer than 3). */
  readonly budgetPercent: number;
  readonly whenAllOpen: 'LeastBad' | 'Fail';
}

export interface ConsumerResource extends ObjectIdentity {
  readonly type: 'consumer';
  /** hex HMAC-SHA256(settings.keySalt, key) of each key. */
  readonly keyHashes: readonly string[];
  readonly tier?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Names (or `prefix/*`) the consumer may ask for; absent = every name its policies allow. */
  readonly models?: readonly ModelMatch[];
}

export interface SettingsResource {
  readonly type: 'settings';
  /** hex, 32 bytes; salts the hashes of consumer keys. */
  readonly keySalt: string;
}
