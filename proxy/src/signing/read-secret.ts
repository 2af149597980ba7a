import { createPrivateKey } from 'node:crypto';
import type { JsonObject } from '../wire/json.ts';
import { asObject, asString, parseJson } from '../wire/read-json.ts';
import type { AwsKeys } from './aws-keys.ts';
import type { ServiceAccountKey } from './google-tokens.ts';
import type { ClientCredentials } from './oauth-tokens.ts';

/** Readers of the JSON that the routing table carries as a secret (crds, ProviderAuth); undefined: not usable. */

export function readAwsKeys(secret: string): AwsKeys | undefined {
  const body = membersOf(secret);
  const [accessKeyId, secretAccessKey] = [asString(body['accessKeyId']), asString(body['secretAccessKey'])];
  const sessionToken = asString(body['sessionToken']);
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

export function readServiceAccountKey(secret: string): ServiceAccountKey | undefined {
  const body = membersOf(secret);
  const [clientEmail, privateKey] = [asString(body['client_email']), asString(body['private_key'])];
  if (clientEmail === undefined || privateKey === undefined || !isRsaKey(privateKey)) return undefined;
  return { clientEmail, privateKey, privateKeyId: asString(body['private_key_id']) };
}

export function readClientCredentials(secret: string): ClientCredentials | undefined {
  const body = membersOf(secret);
  const [clientId, clientSecret] = [asString(body['client_id']), asString(body['client_secret'])];
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret };
}

function membersOf(secret: string): JsonObject {
  return asObject(parseJson(secret)) ?? {};
}

function isRsaKey(pem: string): boolean {
  try {
    return pem.includes('BEGIN PRIVATE KEY') && createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
