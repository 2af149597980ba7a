import type { ListedModel, ModelConsumer, ModelProvider, RoutePolicy } from '@headgate/crds';

/**
 * A frozen picture of everything the compiler may know. compile() asks for nothing else: world in, table and
 * diagnostics out. Objects arrive as the API server (or a file) gave them: any field may be absent or malformed.
 */
export interface World {
  readonly providers: readonly ModelProvider[];
  readonly policies: readonly RoutePolicy[];
  readonly consumers: readonly ModelConsumer[];
  /** Only Secrets that a provider or consumer refers to; keyed `<ns>/<name>`. Absent = not found. */
  readonly secrets: ReadonlyMap<string, SecretContent>;
  /** EndpointSlices of services that a provider refers to; keyed `<ns>/<service>`. Absent = service not found. */
  readonly services: ReadonlyMap<string, ServiceEndpoints>;
  /** Labels per namespace, for selectors. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** hex, 32 bytes. */
  readonly keySalt: string;
  /** CIDRs and hosts of private addresses that `baseURL` may name all the same (chart value). */
  readonly allowedPrivateHosts: readonly string[];
  /**
   * Base of the simulator (`http://127.0.0.1:9000`), for providers of type Simulated that name no address of their own;
   * it counts as an allowed private host. Absent = such providers have no origin.
   */
  readonly simulatorUrl?: string;
  /** Whether providers may act as the proxies' pods (chart value); absent = no. */
  readonly workloadIdentityAllowed?: boolean;
  /** What providers list, by `ProviderListing.subject`; absent or without an entry: no proxy has told yet. */
  readonly listings?: ReadonlyMap<string, ModelListing>;
}

/** By name, in the order of the names. */
export type ModelListing = ReadonlyMap<string, ListedModel>;

export interface SecretContent {
  /** Decoded values by key. */
  readonly data: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ServiceEndpoints {
  readonly ports: readonly { readonly name: string | undefined; readonly port: number }[];
  /** Ready addresses, sorted; `port` is the pods' port behind the service port. */
  readonly ready: readonly { readonly address: string; readonly servicePort: number; readonly port: number }[];
}
