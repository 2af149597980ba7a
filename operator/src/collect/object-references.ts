import type { ModelConsumer, ModelProvider } from '@headgate/crds';
import { isRecord } from '../support/kube-failure.ts';

/** What an object refers to, as keys `<namespace>/<name>`. Total: any field may be absent or malformed. */
export function secretsOfProvider(provider: ModelProvider): readonly string[] {
  const spec: unknown = provider.spec;
  if (!isRecord(spec)) return [];
  const tls = isRecord(spec['tls']) ? spec['tls'] : {};
  return referencedKeys(provider, [...secretRefs(spec['credentials']), tls['caSecretRef']]);
}

export function secretsOfConsumer(consumer: ModelConsumer): readonly string[] {
  const spec: unknown = consumer.spec;
  return isRecord(spec) ? referencedKeys(consumer, secretRefs(spec['keys'])) : [];
}

export function servicesOfProvider(provider: ModelProvider): readonly string[] {
  const spec: unknown = provider.spec;
  return isRecord(spec) ? referencedKeys(provider, [spec['serviceRef']]) : [];
}

function secretRefs(entries: unknown): readonly unknown[] {
  return Array.isArray(entries) ? entries.map((entry: unknown) => (isRecord(entry) ? entry['secretRef'] : undefined)) : [];
}

/** References stay in the namespace of the object that makes them. */
function referencedKeys(owner: ModelProvider | ModelConsumer, refs: readonly unknown[]): readonly string[] {
  const namespace = owner.metadata.namespace ?? '';
  const names = refs.map((ref) => (isRecord(ref) ? ref['name'] : undefined)).filter((name) => typeof name === 'string' && name !== '');
  return [...new Set(names)].map((name) => `${namespace}/${name}`);
}
