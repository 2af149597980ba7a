import type { KubeApi } from '../support/kube-api.ts';
import { RESOURCES } from '../support/kube-resource.ts';
import { newKeySalt } from './hash-consumer-key.ts';
import { OWN_LABELS } from './own-labels.ts';
import { decodeSecretData, encodeSecretData } from './secret-data.ts';

const SECRET_NAME = 'headgate-key-salt';
const FIELD = 'salt';

export type SaltOutcome = { readonly type: 'Salt'; readonly salt: string } | { readonly type: 'Unavailable'; readonly reason: string };

/** The salt of consumer keys from Secret `headgate-key-salt`; made on first use, the same for every replica from then on. */
export async function loadKeySalt(api: KubeApi, namespace: string): Promise<SaltOutcome> {
  const ref = { namespace, name: SECRET_NAME };
  // The second round reads what another replica created between our read and our create.
  for (let round = 0; round < 2; round++) {
    const secret = await api.get(RESOURCES.secrets, ref);
    if (secret.type === 'ok') {
      const salt = decodeSecretData(secret.value)[FIELD] ?? '';
      if (/^[0-9a-f]{64}$/.test(salt)) return { type: 'Salt', salt };
      // Never replaced by the operator: another salt would lock out every consumer whose key is in use.
      return {
        type: 'Unavailable',
        reason: `Secret ${namespace}/${SECRET_NAME} must hold 64 hex digits under "${FIELD}"; fix or delete it`,
      };
    }
    if (secret.error.status !== 404) return { type: 'Unavailable', reason: secret.error.message };
    const data = encodeSecretData({ [FIELD]: newKeySalt() });
    const wanted = { apiVersion: 'v1', kind: 'Secret', metadata: { ...ref, labels: OWN_LABELS }, type: 'Opaque', data };
    const created = await api.create(RESOURCES.secrets, wanted);
    if (created.type === 'ok') {
      const salt = decodeSecretData(created.value)[FIELD];
      if (salt !== undefined) return { type: 'Salt', salt };
    } else if (created.error.status !== 409) return { type: 'Unavailable', reason: created.error.message };
  }
  return { type: 'Unavailable', reason: `Secret ${namespace}/${SECRET_NAME} could not be created` };
}
