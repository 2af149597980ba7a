import type {
  ConsumerResource,
  HeaderPair,
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
import type { CallFacts } from '../wire/call-facts.ts';
import type { EndpointSignals } from './endpoint-signals.ts';

/**
 * The ready-to-run form of a routing table in one proxy. Immutable; one is taken per request and kept to its end.
 * Everything a policy needs at request time (matchers, candidate arrays, header arrays, pools) is built here, never
 * per request, and look-ups do not grow with the number of policies.
 */
export interface Snapshot {
  readonly revision: number;
  readonly hash: string;
  readonly keySalt: string;
  readonly providers: ReadonlyMap<ResourceKey, Provider>;
  readonly policies: ReadonlyMap<ResourceKey, Policy>;
  /** Salted hash (hex) of an API key -> consumer. */
  readonly consumersByKeyHash: ReadonlyMap<string, Consumer>;
  /** True when some policy admits anonymous callers. */
  readonly anonymousPossible: boolean;
  readonly resources: ReadonlyMap<ResourceKey, string>;
}

export interface Provider {
  readonly key: ResourceKey;
  readonly resource: ProviderResource;
  readonly models: ReadonlyMap<string, ProviderModel>;
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
  /** State of the key, shared by every endpoint that uses it. */
  readonly credentialKey: string;
}

/** provider + model + origin + credential: the unit that is ranked, tried and ejected. */
export interface Endpoint {
  /** `<ns>/<provider>/<model>@<credential>#<origin host>`; stable over snapshots so that signals survive a swap. */
  readonly id: string;
  readonly provider: Provider;
  readonly model: ProviderModel;
  readonly connection: Connection;
  readonly signals: EndpointSignals;
}

/** A target of a rule with its endpoints; what strategies rank. */
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
  /** Mutable state of the rule's strategy (round-robin position ...), kept over snapshots. */
  readonly strategyState: StrategyState;
}

export interface StrategyState {
  position: number;
  /** Smooth weighted round robin credit per target id. */
  readonly credit: Map<string, number>;
}

export interface Policy {
  readonly key: ResourceKey;
  /** `<ns>/<name>`. */
  readonly id: string;
  readonly resource: PolicyResource;
  readonly rules: readonly Rule[];
}

export interface Consumer {
  readonly key: ResourceKey;
  /** `<ns>/<name>`. */
  readonly id: string;
  readonly resource: ConsumerResource;
  readonly models: readonly ModelMatch[] | undefined;
}

/** Who calls, once authenticated. */
export type Caller = { readonly type: 'consumer'; readonly consumer: Consumer } | { readonly type: 'anonymous' };

export type { HeaderPair };
