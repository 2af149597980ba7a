import { askForToken } from './ask-for-token.ts';
import { notObtained, type Obtain } from './obtained.ts';
import type { SigningDeps } from './signing-deps.ts';

const AUTHORITY = 'https://login.microsoftonline.com';

export interface FederatedIdentity {
  readonly scope: string;
  /** Absent: `AZURE_TENANT_ID`. */
  readonly tenantId?: string;
  /** Absent: `AZURE_CLIENT_ID`. */
  readonly clientId?: string;
}

/**
 * Entra Workload ID: the pod's projected ServiceAccount token as a client assertion. The variables are those that the
 * webhook of Azure Workload Identity sets.
 */
export function federatedToken(identity: FederatedIdentity, { fetch, pod }: SigningDeps): Obtain<string> {
  return async () => {
    const tenantId = identity.tenantId ?? pod.variable('AZURE_TENANT_ID');
    const clientId = identity.clientId ?? pod.variable('AZURE_CLIENT_ID');
    const path = pod.variable('AZURE_FEDERATED_TOKEN_FILE');
    if (tenantId === undefined || clientId === undefined || path === undefined) {
      return notObtained(
        'auth',
        'the proxy has no Azure workload identity: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE',
      );
    }
    const assertion = await pod.file(path).catch(() => undefined);
    if (assertion === undefined) return notObtained('auth', 'the file of AZURE_FEDERATED_TOKEN_FILE cannot be read');
    const authority = (pod.variable('AZURE_AUTHORITY_HOST') ?? AUTHORITY).replace(/\/+$/, '');
    return askForToken(
      { service: 'Entra ID', fetch },
      {
        url: `${authority}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          scope: identity.scope,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion.trim(),
        }).toString(),
        realm: authority === AUTHORITY ? 'public' : 'pod',
      },
    );
  };
}
