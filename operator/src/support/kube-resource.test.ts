import { expect, test } from '@jest/globals';
import { apiVersionOf, RESOURCES, resourcePath } from './kube-resource.ts';

test('paths of the core group, of others, of subresources and of cluster-scoped kinds', () => {
  expect(resourcePath(RESOURCES.secrets, { namespace: 'a', name: 'b' })).toBe('/api/v1/namespaces/a/secrets/b');
  expect(resourcePath(RESOURCES.secrets, {})).toBe('/api/v1/secrets');
  expect(resourcePath(RESOURCES.modelProviders, { namespace: 'a', name: 'b' }, 'status')).toBe(
    '/apis/headgate.dev/v1alpha1/namespaces/a/modelproviders/b/status',
  );
  expect(resourcePath(RESOURCES.namespaces, { namespace: 'ignored', name: 'b' })).toBe('/api/v1/namespaces/b');
});

test.each(['..', '.', 'a/b', 'a%2fb', 'a?b', 'a#b', 'a b', '', 'ü', 'a'.repeat(254)])('%j cannot be part of a path', (name) => {
  expect(resourcePath(RESOURCES.secrets, { namespace: 'a', name })).toBeUndefined();
  if (name !== '') expect(resourcePath(RESOURCES.secrets, { namespace: name, name: 'a' })).toBeUndefined();
});

test('the apiVersion of the core group has no group', () => {
  expect([apiVersionOf(RESOURCES.pods), apiVersionOf(RESOURCES.leases)]).toEqual(['v1', 'coordination.k8s.io/v1']);
});
