import type { ModelProvider } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { haveSameInputs } from './same-inputs.ts';
import type { World } from './world.ts';

const provider: ModelProvider = {
  apiVersion: 'headgate.dev/v1alpha1',
  kind: 'ModelProvider',
  metadata: { name: 'a', namespace: 'n', uid: 'u', generation: 1, resourceVersion: '1', labels: { team: 'x' } },
  spec: { type: 'OpenAI' },
};
const world: World = {
  providers: [provider],
  policies: [],
  consumers: [],
  secrets: new Map([['n/s', { data: { key: 'v' }, annotations: {} }]]),
  services: new Map(),
  namespaces: new Map([['n', {}]]),
  keySalt: 'salt',
  allowedPrivateHosts: [],
};
const withProvider = (metadata: Partial<ModelProvider['metadata']>): World => ({
  ...world,
  providers: [{ ...provider, metadata: { ...provider.metadata, ...metadata } }],
});

describe('haveSameInputs', () => {
  test('a status write, which moves only resourceVersion and status, is the same world', () => {
    expect(haveSameInputs(world, { ...withProvider({ resourceVersion: '2' }), secrets: new Map(world.secrets) })).toBe(true);
  });

  test.each<[string, World]>([
    ['another generation', withProvider({ generation: 2 })],
    ['another object of the same name', withProvider({ uid: 'v' })],
    ['another label', withProvider({ labels: { team: 'y' } })],
    ['an object that is gone', { ...world, providers: [] }],
    ['a rotated key', { ...world, secrets: new Map([['n/s', { data: { key: 'w' }, annotations: {} }]]) }],
    ['a labelled namespace', { ...world, namespaces: new Map([['n', { a: 'b' }]]) }],
    ['another pod behind a service', { ...world, services: new Map([['n/s', { ports: [], ready: [] }]]) }],
    ['an identity that may be used now', { ...world, workloadIdentityAllowed: true }],
    ['another salt', { ...world, keySalt: 'other' }],
  ])('%s is another world', (_what, other) => {
    expect(haveSameInputs(world, other)).toBe(false);
  });

  test('without a generation nothing is taken for the same', () => {
    const unknown = withProvider({ generation: undefined });
    expect(haveSameInputs(unknown, { ...unknown, providers: [...unknown.providers.map((item) => ({ ...item }))] })).toBe(false);
  });
});
