import type { ModelConsumer, ModelProvider } from '@headgate/crds';
import { expect, test } from '@jest/globals';
import { secretsOfConsumer, secretsOfProvider, servicesOfProvider } from './object-references.ts';

function provider(spec: unknown): ModelProvider {
  return { apiVersion: 'headgate.dev/v1alpha1', kind: 'ModelProvider', metadata: { name: 'p', namespace: 'ns' }, spec } as ModelProvider;
}

function consumer(spec: unknown): ModelConsumer {
  return { apiVersion: 'headgate.dev/v1alpha1', kind: 'ModelConsumer', metadata: { name: 'c', namespace: 'ns' }, spec } as ModelConsumer;
}

test('a provider refers to the Secrets of its keys and of its CA, each once, and to its Service', () => {
  const credentials = ['main', 'spare', 'main'].map((name) => ({ name, secretRef: { name, key: 'apiKey' } }));
  const spec = { credentials, tls: { caSecretRef: { name: 'ca' } }, serviceRef: { name: 'vllm', port: 80 } };
  expect(secretsOfProvider(provider(spec))).toEqual(['ns/main', 'ns/spare', 'ns/ca']);
  expect(servicesOfProvider(provider(spec))).toEqual(['ns/vllm']);
});

test('a consumer refers to the Secrets of its keys', () => {
  const spec = { keys: [{ name: 'k', secretRef: { name: 'bot', key: 'apiKey' } }] };
  expect(secretsOfConsumer(consumer(spec))).toEqual(['ns/bot']);
});

test.each([
  undefined,
  null,
  'x',
  [],
  { credentials: 'x', tls: 5, serviceRef: [] },
  { credentials: [null, {}, { secretRef: { name: 7 } }], tls: { caSecretRef: '' } },
])('a malformed spec (%j) refers to nothing', (spec) => {
  expect([...secretsOfProvider(provider(spec)), ...servicesOfProvider(provider(spec))]).toEqual([]);
  expect(secretsOfConsumer(consumer(spec))).toEqual([]);
});
