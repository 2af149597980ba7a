import { expect, test } from '@jest/globals';
import { FakeKubeApi } from '../support/fake-kube-api.ts';
import { RESOURCES } from '../support/kube-resource.ts';
import { loadKeySalt } from './key-salt-secret.ts';
import { OWN_LABELS } from './own-labels.ts';
import { SecretCertificateStore } from './secret-certificate-store.ts';

test('what the operator makes for itself is found by one label', async () => {
  const api = new FakeKubeApi();
  await loadKeySalt(api, 'headgate');
  const store = new SecretCertificateStore(api, 'headgate');
  const pair = { certPem: 'cert', keyPem: 'key' };
  await store.write({ authority: pair, leaf: pair }, undefined);
  await store.publishAuthority('cert');
  const made = [
    api.stored(RESOURCES.secrets, { namespace: 'headgate', name: 'headgate-key-salt' }),
    api.stored(RESOURCES.secrets, { namespace: 'headgate', name: 'headgate-control-tls' }),
    api.stored(RESOURCES.configMaps, { namespace: 'headgate', name: 'headgate-control-ca' }),
  ];
  expect(made.map((object) => object?.metadata.labels)).toEqual([OWN_LABELS, OWN_LABELS, OWN_LABELS]);
});
