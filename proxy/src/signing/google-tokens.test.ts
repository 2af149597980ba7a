import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { jwtVerify } from 'jose';
import { metadataToken, serviceAccountToken } from './google-tokens.ts';
import { EPOCH_MS, SampleSigning } from './sample-signing.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

let sample: SampleSigning;

beforeEach(async () => {
  sample = new SampleSigning();
  await sample.start();
});
afterEach(() => sample.stop());

test('a service account signs an assertion for Google and gets a token for it', async () => {
  const key = { clientEmail: 'sa@p.iam.gserviceaccount.com', privateKey: pem, privateKeyId: 'key-7' };
  expect(await serviceAccountToken(key, SCOPE, sample.deps)()).toEqual({ type: 'value', value: 'token-1', lifetimeMs: 3_600_000 });
  const [asked] = sample.asked;
  expect(asked?.url).toBe('https://oauth2.googleapis.com/token');
  expect(asked?.form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
  const { payload, protectedHeader } = await jwtVerify(asked?.form.get('assertion') ?? '', createPublicKey(privateKey), {
    currentDate: new Date(EPOCH_MS),
    audience: 'https://oauth2.googleapis.com/token',
    issuer: key.clientEmail,
  });
  expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-7' });
  expect(payload).toMatchObject({ scope: SCOPE, iat: EPOCH_MS / 1000, exp: EPOCH_MS / 1000 + 3600 });
});

test('a key that cannot sign is a rejected key, and nobody is asked', async () => {
  const key = { clientEmail: 'a@b', privateKey: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', privateKeyId: undefined };
  expect(await serviceAccountToken(key, SCOPE, sample.deps)()).toMatchObject({ type: 'failure', error: { reason: 'auth' } });
  expect(sample.asked).toEqual([]);
});

test('a pod asks the metadata server, in the way that only code inside the cloud can', async () => {
  expect(await metadataToken(SCOPE, sample.deps)()).toMatchObject({ type: 'value', value: 'token-1' });
  expect(sample.asked[0]).toMatchObject({
    method: 'GET',
    url: `http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token?scopes=${encodeURIComponent(SCOPE)}`,
    headers: { 'metadata-flavor': 'Google' },
  });
});

test('GCE_METADATA_HOST says where the metadata server is', async () => {
  sample.variables['GCE_METADATA_HOST'] = '127.0.0.1:8123';
  await metadataToken(SCOPE, sample.deps)();
  expect(sample.asked[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:8123\/computeMetadata/);
});
