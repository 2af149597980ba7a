import { describe, expect, test } from '@jest/globals';
import { FakeKubeApi } from '../support/fake-kube-api.ts';
import { RESOURCES } from '../support/kube-resource.ts';
import { SecretCertificateStore } from './secret-certificate-store.ts';
import { plainData } from './secret-data.ts';

const CERTIFICATE = { authority: { certPem: 'ca', keyPem: 'ca-key' }, leaf: { certPem: 'leaf', keyPem: 'leaf-key' } };
const CONFIG_MAP = { namespace: 'headgate', name: 'headgate-control-ca' };

describe('SecretCertificateStore', () => {
  test('keeps what it is given in the Secret', async () => {
    const store = new SecretCertificateStore(new FakeKubeApi(), 'headgate');
    expect(await store.read()).toEqual({ type: 'Read', certificate: undefined, version: undefined });
    expect(await store.write(CERTIFICATE, undefined)).toEqual({ type: 'Written' });
    expect(await store.read()).toMatchObject({ type: 'Read', certificate: CERTIFICATE, version: expect.any(String) });
  });

  test('of two replicas that create it one gets a conflict', async () => {
    const api = new FakeKubeApi();
    await new SecretCertificateStore(api, 'headgate').write(CERTIFICATE, undefined);
    expect(await new SecretCertificateStore(api, 'headgate').write(CERTIFICATE, undefined)).toEqual({ type: 'Conflict' });
  });

  test('publishes the authority for proxies, and writes only when it differs', async () => {
    const api = new FakeKubeApi();
    const store = new SecretCertificateStore(api, 'headgate');
    await store.publishAuthority('one');
    await store.publishAuthority('one');
    await store.publishAuthority('two');
    expect(plainData(api.stored(RESOURCES.configMaps, CONFIG_MAP) ?? { metadata: CONFIG_MAP })).toEqual({ 'ca.crt': 'two' });
    expect(api.calls.filter((call) => !call.startsWith('get'))).toHaveLength(2);
  });

  test('says when the API server is away', async () => {
    const api = new FakeKubeApi();
    api.failures.push({ status: 0, reason: 'ECONNREFUSED', message: 'away', retryAfterMs: undefined });
    expect(await new SecretCertificateStore(api, 'headgate').read()).toEqual({ type: 'Unavailable', reason: 'ECONNREFUSED: away' });
  });
});
