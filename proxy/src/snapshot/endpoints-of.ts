import type { ProviderModel } from '@headgate/crds';
import { nameOfKey } from './name-of-key.ts';
import type { SignalStore } from './signal-store.ts';
import type { Endpoint, Provider } from './snapshot.ts';

/** Every target of the same model shares one array, so that ten thousand policies do not mean ten thousand copies. */
const known = new WeakMap<Provider, Map<string, readonly Endpoint[]>>();

/** The endpoints of a model at a provider: one per address and key. */
export function endpointsOf(provider: Provider, model: ProviderModel, signals: SignalStore): readonly Endpoint[] {
  const byModel = known.get(provider) ?? new Map<string, readonly Endpoint[]>();
  known.set(provider, byModel);
  // Facts travel with targets and may differ between policies of different age.
  const facts = JSON.stringify(model);
  const shared = byModel.get(facts);
  if (shared !== undefined) return shared;
  const endpoints = createEndpoints(provider, model, signals);
  byModel.set(facts, endpoints);
  return endpoints;
}

function createEndpoints(provider: Provider, model: ProviderModel, signals: SignalStore): readonly Endpoint[] {
  const { namespace, name, circuitBreaker } = provider.resource;
  return provider.connections.map((connection): Endpoint => {
    const host = connection.origin.url.replace(/^https?:\/\//, '');
    const id = `${namespace}/${name}/${model.name}@${nameOfKey(connection)}#${host}`;
    const credential = signals.credential(connection.credentialKey, connection.credential);
    return { id, provider, model, connection, signals: signals.endpoint(id, credential, circuitBreaker) };
  });
}
