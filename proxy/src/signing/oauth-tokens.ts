import { askForToken } from './ask-for-token.ts';
import type { Obtain } from './obtained.ts';
import type { SigningDeps } from './signing-deps.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** RFC 6749, 4.4: client credentials, authenticated with HTTP Basic as in 2.3.1. */
export function clientCredentialsToken(
  client: ClientCredentials,
  endpoint: { readonly tokenUrl: string; readonly scope: string },
  { fetch }: SigningDeps,
): Obtain<string> {
  const basic = Buffer.from(`${formEncoded(client.clientId)}:${formEncoded(client.clientSecret)}`).toString('base64');
  return () =>
    askForToken(
      { service: `the token endpoint ${new URL(endpoint.tokenUrl).host}`, fetch },
      {
        url: endpoint.tokenUrl,
        method: 'POST',
        headers: { ...FORM, authorization: `Basic ${basic}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: endpoint.scope }).toString(),
        realm: 'public',
      },
    );
}

/** IBM Cloud IAM: an API key for a token of one hour. */
export function ibmIamToken(apiKey: string, tokenUrl: string, { fetch }: SigningDeps): Obtain<string> {
  return () =>
    askForToken(
      { service: 'IBM Cloud IAM', fetch },
      {
        url: tokenUrl,
        method: 'POST',
        headers: FORM,
        body: new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: apiKey }).toString(),
        realm: 'public',
      },
    );
}

function formEncoded(text: string): string {
  return new URLSearchParams({ _: text }).toString().slice(2);
}
