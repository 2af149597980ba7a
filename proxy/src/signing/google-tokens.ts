import { askForToken } from './ask-for-token.ts';
import { notObtained, type Obtain } from './obtained.ts';
import type { SigningDeps } from './signing-deps.ts';

const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const METADATA_HOST = 'metadata.google.internal';
const ASSERTION_SECONDS = 3600;

export interface ServiceAccountKey {
  readonly clientEmail: string;
  /** PKCS #8 in PEM. */
  readonly privateKey: string;
  readonly privateKeyId: string | undefined;
}

/** RFC 7523: an assertion signed with the service account's key, exchanged at Google's one token endpoint. */
export function serviceAccountToken(key: ServiceAccountKey, scope: string, { fetch, clock }: SigningDeps): Obtain<string> {
  return async () => {
    const nowSeconds = Math.floor(clock.wallMs() / 1000);
    let assertion: string;
    try {
      // Loaded by the first service account: 16 MB that other proxies never need.
      const [{ SignJWT }, { importPKCS8 }] = await Promise.all([import('jose/jwt/sign'), import('jose/key/import')]);
      assertion = await new SignJWT({ scope })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(key.privateKeyId === undefined ? {} : { kid: key.privateKeyId }) })
        .setIssuer(key.clientEmail)
        .setAudience(TOKEN_URL)
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + ASSERTION_SECONDS)
        .sign(await importPKCS8(key.privateKey, 'RS256'));
    } catch {
      return notObtained('auth', 'the private key of the service account cannot sign');
    }
    return askForToken(
      { service: "Google's token endpoint", fetch },
      {
        url: TOKEN_URL,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString(),
        realm: 'public',
      },
    );
  };
}

/** The token of the service account that the pod runs as. `GCE_METADATA_HOST` is what Google's own libraries read. */
export function metadataToken(scope: string, { fetch, pod }: SigningDeps): Obtain<string> {
  return () => {
    const url = new URL('http://metadata/computeMetadata/v1/instance/service-accounts/default/token');
    url.host = pod.variable('GCE_METADATA_HOST') ?? METADATA_HOST;
    url.searchParams.set('scopes', scope);
    return askForToken(
      { service: "the cluster's metadata server", fetch },
      { url: url.href, method: 'GET', headers: { 'metadata-flavor': 'Google' }, realm: 'pod' },
    );
  };
}
