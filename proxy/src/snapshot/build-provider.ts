import type { AlternativeDialect, ProviderCredential, ProviderResource, ResourceKey } from '@headgate/crds';
import type { BuildDeps } from './build-deps.ts';
import { type BuildOutcome, built, rejected } from './build-outcome.ts';
import { checkProvider } from './check-provider.ts';
import { DispatcherPool } from './dispatcher-pool.ts';
import type { ConnectSettings } from './guarded-connector.ts';
import { requestHeaders } from './request-headers.ts';
import type { Connection, Provider } from './snapshot.ts';

type Authorized = Pick<Connection, 'credential' | 'authorizer'>;

/** A provider with its pools opened and its header arrays built. */
export function buildProvider(key: ResourceKey, resource: ProviderResource, deps: BuildDeps): BuildOutcome<Provider> {
  const reason = checkProvider(resource);
  if (reason !== undefined) return rejected(reason);
  const settings = connectSettings(resource);
  const keys = authorizedKeys(resource, deps);
  if (typeof keys === 'string') return rejected(keys);
  const byDialect: ReadonlyMap<string, ProviderResource> = new Map(
    (resource.alternatives ?? []).map((alternative) => [alternative.dialect, inDialect(resource, alternative)]),
  );
  const connections = keys.flatMap(({ credential, authorizer }) => {
    const headers = requestHeaders(resource, credential, deps.version);
    const headersByDialect = new Map([...byDialect].map(([dialect, other]) => [dialect, requestHeaders(other, credential, deps.version)]));
    return resource.origins.map(
      (origin): Connection => ({
        origin,
        credential,
        dispatcher: deps.dispatchers.acquire(origin.url, settings),
        requestHeaders: headers,
        headersByDialect,
        authorizer,
        credentialKey: `${resource.namespace}/${resource.name}/${credential?.name ?? '-'}`,
      }),
    );
  });
  return built({ key, resource, byDialect, connections, models: new Map(resource.models.map((model) => [model.name, model])) });
}

function inDialect(resource: ProviderResource, { dialect, basePath, auth, quirks }: AlternativeDialect): ProviderResource {
  const { paths: _paths, alternatives: _alternatives, ...rest } = resource;
  return { ...rest, dialect, basePath, auth, quirks };
}

/** Every key with what it takes to use it, or why one of them cannot be used. */
function authorizedKeys(resource: ProviderResource, { authorizers }: BuildDeps): readonly Authorized[] | string {
  const keys: Authorized[] = [];
  const credentials: readonly (ProviderCredential | undefined)[] = resource.credentials.length > 0 ? resource.credentials : [undefined];
  for (const credential of credentials) {
    const choice = authorizers.choose(credential?.auth ?? resource.auth, credential?.secret);
    if (choice.type === 'unusable') return `the secret of credential '${credential?.name ?? '-'}' ${choice.why}`;
    keys.push({ credential, authorizer: choice.type === 'authorizer' ? choice.authorizer : undefined });
  }
  return keys;
}

/** Keys of the pools that these providers use. */
export function poolKeysOf(providers: Iterable<Provider>): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { resource } of providers) {
    const settings = connectSettings(resource);
    for (const origin of resource.origins) keys.add(DispatcherPool.keyOf(origin.url, settings));
  }
  return keys;
}

/** How sockets to a provider are opened. */
export function connectSettings(provider: ProviderResource): ConnectSettings {
  return {
    connectMs: provider.timeouts.connectMs,
    tls: provider.tls,
    privateAddressesAllowed: provider.privateAddressesAllowed,
  };
}
