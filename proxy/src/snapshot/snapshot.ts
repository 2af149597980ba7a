import type {
  ConsumerResource,
  ModelMatch,
  Origin,
  PolicyResource,
  PolicyRule,
  PolicyTarget,
  ProviderCredential,
  ProviderModel,
  ProviderResource,
  ResourceKey,
  RuleMatch,
} from '@headgate/crds';
import type { Dispatcher } from 'undici';
import type { Authorizer } from '../signing/authorizer.ts';
import type { CallFacts } from '../wire/call-facts.ts';
import type { CallerError } from '../wire/caller-error.ts';
import type { EndpointSignals } from './endpoint-signals.ts';
import type { KeyHasher } from './key-hasher.ts';
import type { PolicyIndex } from './policy-index.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { ShardedMap } from './sharded-map.ts';

/**
 * The ready-to-run form of a routing table in one proxy. Immutable; one is taken per request and kept to its end.
 * Everything a policy needs at request time (matchers, candidate arrays, header arrays, pools) is built here, never
 * per request, and look-ups do not grow with the number of policies.
 */
export interface Snapshot {
  readonly revision: number;
  readonly hash: string;
  readonly keySalt: string;
  readonly providers: ShardedMap<Provider>;
  readonly policies: ShardedMap<Policy>;
  readonly consumers: ShardedMap<Consumer>;
  /** Salted hash (hex) of an API key -> consumer. */
  readonly consumersByKeyHash: ReadonlyMap<string, Consumer>;
  /** Hashes keys as the operator did; remembers keys in use. */
  readonly keyHasher: KeyHasher;
  /** Names callers may use -> policies; see resolve-policy.ts. */
  readonly policyIndex: PolicyIndex;
  /** True when some policy admits anonymous callers. */
  readonly anonymousPossible: boolean;
  /** Resource -> hash of the form really held: the last good one where a newer form was refused. */
  readonly resources: ShardedMap<string>;
}

export interface Provider {
  readonly key: ResourceKey;
  readonly resource: ProviderResource;
  /** What the provider lists itself; targets carry their own facts. */
  readonly models: ReadonlyMap<string, ProviderModel>;
  /** The provider as it is for callers of another dialect that it understands as well; empty for most. */
  readonly byDialect: ReadonlyMap<string, ProviderResource>;
  /** Every (origin x credential) pair. Models share them. */
  readonly connections: readonly Connection[];
}

/** One address of a provider with one key: sockets and prebuilt headers. */
export interface Connection {
  readonly origin: Origin;
  readonly credential: ProviderCredential | undefined;
  readonly dispatcher: Dispatcher;
  /** Flat [name, value, name, value ...] array: host-independent, with authentication and content type. */
  readonly requestHeaders: readonly string[];
  /** The same for the dialects of `Provider.byDialect`. */
  readonly headersByDialect: ReadonlyMap<string, readonly string[]>;
  /** Where authentication is not a header that never changes: gives the headers of each request. */
  readonly authorizer: Authorizer | undefined;
  /** `<ns>/<provider>/<credential>`; the state of the key is shared by every endpoint that uses it. */
  readonly credentialKey: string;
}

/** provider + model + origin + credential: the unit that is ranked, tried and ejected. */
export interface Endpoint {
  /**
   * `<ns>/<provider>/<model>@<credential>#<origin host>` (`-` for no credential); stable over snapshots so that signals
   * survive a swap.
   */
  readonly id: string;
  readonly provider: Provider;
  readonly model: ProviderModel;
  readonly connection: Connection;
  readonly signals: EndpointSignals;
}

/**
 * A target of a rule with its endpoints; what strategies rank. Without endpoints when its provider is not in the table or
 * has no ready address.
 */
export interface Target {
  readonly resource: PolicyTarget;
  /** `<ns>/<provider>/<model>`, used in headers, metrics and reports. */
  readonly id: string;
  readonly endpoints: readonly Endpoint[];
  readonly weight: number;
  readonly model: ProviderModel;
}

export interface Rule {
  readonly resource: PolicyRule;
  readonly matches: (facts: CallFacts) => boolean;
  readonly match: RuleMatch | undefined;
  readonly targets: readonly Target[];
  /** Mutable state of the rule's strategy, kept over snapshots. */
  readonly strategyState: StrategyState;
}

export interface StrategyState {
  /** Smooth weighted round robin credit per target id. */
  readonly credit: Map<string, number>;
}

export interface Policy {
  readonly key: ResourceKey;
  /** `<ns>/<name>`. */
  readonly id: string;
  readonly resource: PolicyResource;
  readonly rules: readonly Rule[];
  /** Requests and retries in flight of this policy; kept over snapshots. */
  readonly retryBudget: RetryBudget;
}

export interface Consumer {
  readonly key: ResourceKey;
  /** `<ns>/<name>`. */
  readonly id: string;
  readonly resource: ConsumerResource;
  readonly models: readonly ModelMatch[] | undefined;
}

/** Who calls, once authenticated. */
export type Caller =
  | { readonly type: 'consumer'; readonly consumer: Consumer }
  /** `keyRefusal`: a key was sent that nobody knows (SDKs always send one); said where the caller needs one after all. */
  | { readonly type: 'anonymous'; readonly keyRefusal?: CallerError };
