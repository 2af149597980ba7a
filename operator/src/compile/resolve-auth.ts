import type { CatalogVendor, ProviderAuth, UpstreamDialectId } from '@headgate/crds';
import { choiceOf, type Fields, fieldsOf, textOf } from './fields.ts';
import type { Findings } from './findings.ts';
import { fill, type VendorParameters } from './vendor-parameters.ts';

/** How a provider proves who sends its requests. */
export interface ResolvedAuth {
  readonly auth: ProviderAuth;
  /** What is done with credentials files; undefined: they are not taken. */
  readonly fileAuth: ProviderAuth | undefined;
}

const NONE: ProviderAuth = { type: 'None' };

/** Authentication by the vendor's data, or by the identity of the proxies' pods where the object asks for it. */
export function resolveAuth(
  spec: Fields,
  vendor: { readonly data: CatalogVendor; readonly dialect: UpstreamDialectId },
  parameters: VendorParameters,
  findings: Findings,
): ResolvedAuth {
  const { workloadIdentity } = spec;
  const { data, dialect } = vendor;
  if (workloadIdentity !== undefined && workloadIdentity !== null) {
    return { auth: resolveIdentity(fieldsOf(workloadIdentity), data, parameters, findings), fileAuth: undefined };
  }
  return {
    auth: fillAuth(data.auth[dialect] ?? NONE, parameters) ?? NONE,
    fileAuth: data.fileAuth === undefined ? undefined : fillAuth(data.fileAuth, parameters),
  };
}

function resolveIdentity(identity: Fields, vendor: CatalogVendor, parameters: VendorParameters, findings: Findings): ProviderAuth {
  const type = choiceOf(identity['type'], ['AWS', 'GCP', 'Azure']);
  const known = vendor.workloadIdentity;
  const auth = known === undefined || known.type !== type ? undefined : fillAuth(known.auth, parameters);
  if (auth === undefined) {
    const wanted = known === undefined ? 'be left out with this vendor' : `be of type ${known.type}`;
    findings.invalid(`\`workloadIdentity\` must ${wanted}`);
    return NONE;
  }
  const roleArn = textOf(fieldsOf(identity['aws'])['roleARN']);
  const azure = fieldsOf(identity['azure']);
  const [tenantId, clientId] = [textOf(azure['tenantID'], 36), textOf(azure['clientID'], 36)];
  if (auth.type === 'AwsSigV4') return { ...auth, ...(roleArn === undefined ? {} : { roleArn }) };
  if (auth.type !== 'AzureFederated') return auth;
  return { ...auth, ...(tenantId === undefined ? {} : { tenantId }), ...(clientId === undefined ? {} : { clientId }) };
}

function fillAuth(auth: ProviderAuth, parameters: VendorParameters): ProviderAuth | undefined {
  switch (auth.type) {
    case 'AwsSigV4': {
      const region = fill(auth.region, parameters);
      return region === undefined ? undefined : { ...auth, region };
    }
    case 'OAuthClientCredentials': {
      const tokenUrl = fill(auth.tokenUrl, parameters);
      return tokenUrl === undefined ? undefined : { ...auth, tokenUrl };
    }
    default:
      return auth;
  }
}
