import type { ProviderAuth } from '@headgate/crds';
import type { Authorizer } from './authorizer.ts';
import { podAwsKeys } from './aws-identity.ts';
import type { AwsKeys } from './aws-keys.ts';
import { federatedToken } from './azure-token.ts';
import { BearerAuthorizer } from './bearer-authorizer.ts';
import { metadataToken, serviceAccountToken } from './google-tokens.ts';
import { clientCredentialsToken, ibmIamToken } from './oauth-tokens.ts';
import { readAwsKeys, readClientCredentials, readServiceAccountKey } from './read-secret.ts';
import { Renewal } from './renewal.ts';
import type { SigningDeps } from './signing-deps.ts';
import { type AwsKeySource, SigV4Authorizer } from './sigv4-authorizer.ts';

/** What it takes to use a key. */
export type AuthorizerChoice =
  /** The key travels as it is. */
  | { readonly type: 'none' }
  | { readonly type: 'authorizer'; readonly authorizer: Authorizer }
  | { readonly type: 'unusable'; readonly why: string };

/** Authorizers kept for tables to come: more keys than any installation has. */
const MAX_KEPT = 4096;

const NONE: AuthorizerChoice = { type: 'none' };

/**
 * The authorizer of each key. The same key in the next table gets the same authorizer, so an edit of a provider does not
 * throw its token away.
 */
export class Authorizers {
  readonly #deps: SigningDeps;
  readonly #kept = new Map<string, Authorizer>();

  constructor(deps: SigningDeps) {
    this.#deps = deps;
  }

  /** @param secret undefined: the provider has no credentials, so the pod's own identity is meant where there is one */
  choose(auth: ProviderAuth, secret: string | undefined): AuthorizerChoice {
    if (auth.type === 'None' || auth.type === 'Bearer' || auth.type === 'Header') return NONE;
    const id = JSON.stringify([auth, secret]);
    const kept = this.#kept.get(id);
    if (kept !== undefined) return { type: 'authorizer', authorizer: kept };
    const authorizer = this.#create(auth, secret);
    if (typeof authorizer === 'string') return { type: 'unusable', why: authorizer };
    const oldest = this.#kept.keys().next();
    if (this.#kept.size >= MAX_KEPT && oldest.done !== true) this.#kept.delete(oldest.value);
    this.#kept.set(id, authorizer);
    return { type: 'authorizer', authorizer };
  }

  #create(auth: Exclude<ProviderAuth, { type: 'None' | 'Bearer' | 'Header' }>, secret: string | undefined): Authorizer | string {
    const deps = this.#deps;
    switch (auth.type) {
      case 'AwsSigV4': {
        if (secret === undefined)
          return new SigV4Authorizer(new Renewal(podAwsKeys(auth.region, auth.roleArn, deps), deps), auth, deps.clock);
        const keys = readAwsKeys(secret);
        return keys === undefined ? 'is not an AWS access key' : new SigV4Authorizer(fixed(keys), auth, deps.clock);
      }
      case 'GoogleServiceAccount': {
        if (secret === undefined) return new BearerAuthorizer(metadataToken(auth.scope, deps), deps);
        const key = readServiceAccountKey(secret);
        return key === undefined
          ? 'is not the RSA key of a service account'
          : new BearerAuthorizer(serviceAccountToken(key, auth.scope, deps), deps);
      }
      case 'AzureFederated':
        return new BearerAuthorizer(federatedToken(auth, deps), deps);
      case 'OAuthClientCredentials': {
        const client = secret === undefined ? undefined : readClientCredentials(secret);
        return client === undefined
          ? 'is not a set of client credentials'
          : new BearerAuthorizer(clientCredentialsToken(client, auth, deps), deps);
      }
      case 'IbmIamApiKey':
        return secret === undefined ? 'is missing' : new BearerAuthorizer(ibmIamToken(secret, auth.tokenUrl, deps), deps);
    }
  }
}

function fixed(keys: AwsKeys): AwsKeySource {
  const held = { type: 'value', value: keys } as const;
  return { get: () => held, discard: () => {} };
}
