import type { ApiError, ApiResult, KubeApi } from '../support/kube-api.ts';
import type { KubeObject } from '../support/kube-object.ts';
import { RESOURCES } from '../support/kube-resource.ts';
import type { CertificateStore, StoredCertificate, StoreRead, StoreWrite } from './certificate-store.ts';
import { OWN_LABELS } from './own-labels.ts';
import { decodeSecretData, encodeSecretData, plainData } from './secret-data.ts';

const SECRET_NAME = 'headgate-control-tls';
const CONFIG_MAP_NAME = 'headgate-control-ca';

/** The certificate in Secret `headgate-control-tls`, the authority for proxies in ConfigMap `headgate-control-ca`. */
export class SecretCertificateStore implements CertificateStore {
  readonly #api: KubeApi;
  readonly #namespace: string;

  constructor(api: KubeApi, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  async read(): Promise<StoreRead> {
    const secret = await this.#api.get(RESOURCES.secrets, { namespace: this.#namespace, name: SECRET_NAME });
    if (secret.type === 'error') {
      if (secret.error.status === 404) return { type: 'Read', certificate: undefined, version: undefined };
      return unavailable(secret.error);
    }
    const data = decodeSecretData(secret.value);
    const certPem = data['tls.crt'] ?? '';
    const keyPem = data['tls.key'] ?? '';
    const version = secret.value.metadata.resourceVersion;
    if (certPem === '' || keyPem === '') return { type: 'Read', certificate: undefined, version };
    const authority = { certPem: data['ca.crt'] ?? '', keyPem: data['ca.key'] ?? '' };
    return { type: 'Read', certificate: { authority, leaf: { certPem, keyPem } }, version };
  }

  async write(certificate: StoredCertificate, version: string | undefined): Promise<StoreWrite> {
    const ref = { namespace: this.#namespace, name: SECRET_NAME };
    const data = encodeSecretData({
      'ca.crt': certificate.authority.certPem,
      'ca.key': certificate.authority.keyPem,
      'tls.crt': certificate.leaf.certPem,
      'tls.key': certificate.leaf.keyPem,
    });
    if (version !== undefined) {
      return outcome(await this.#api.mergePatch(RESOURCES.secrets, ref, { metadata: { resourceVersion: version }, data }));
    }
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { ...ref, labels: OWN_LABELS }, type: 'kubernetes.io/tls', data };
    return outcome(await this.#api.create(RESOURCES.secrets, secret));
  }

  async publishAuthority(certPem: string): Promise<StoreWrite> {
    const ref = { namespace: this.#namespace, name: CONFIG_MAP_NAME };
    const existing = await this.#api.get(RESOURCES.configMaps, ref);
    if (existing.type === 'ok' && plainData(existing.value)['ca.crt'] === certPem) return { type: 'Written' };
    if (existing.type === 'error' && existing.error.status !== 404) return unavailable(existing.error);
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...ref, labels: OWN_LABELS }, data: { 'ca.crt': certPem } };
    if (existing.type === 'error') return outcome(await this.#api.create(RESOURCES.configMaps, configMap));
    return outcome(await this.#api.mergePatch(RESOURCES.configMaps, ref, { data: { 'ca.crt': certPem } }));
  }
}

function outcome(result: ApiResult<KubeObject>): StoreWrite {
  if (result.type === 'ok') return { type: 'Written' };
  return result.error.status === 409 ? { type: 'Conflict' } : unavailable(result.error);
}

function unavailable(error: ApiError): { readonly type: 'Unavailable'; readonly reason: string } {
  return { type: 'Unavailable', reason: `${error.reason}: ${error.message}` };
}
