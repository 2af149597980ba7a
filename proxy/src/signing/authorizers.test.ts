import { generateKeyPairSync } from 'node:crypto';
import type { ProviderAuth } from '@headgate/crds';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Authorizers } from './authorizers.ts';
import { SampleSigning } from './sample-signing.ts';

const REQUEST = { method: 'POST', host: 'h', path: '/p', body: new Uint8Array() } as const;
const AWS: ProviderAuth = { type: 'AwsSigV4', region: 'us-east-1', service: 'bedrock' };
const GOOGLE: ProviderAuth = { type: 'GoogleServiceAccount', scope: 's' };
const OAUTH: ProviderAuth = { type: 'OAuthClientCredentials', tokenUrl: 'https://w/oidc/v1/token', scope: 's' };
const IBM: ProviderAuth = { type: 'IbmIamApiKey', tokenUrl: 'https://iam.cloud.ibm.com/identity/token' };

let sample: SampleSigning;
let authorizers: Authorizers;

beforeEach(async () => {
  sample = new SampleSigning();
  await sample.start();
  authorizers = new Authorizers(sample.deps);
});
afterEach(() => sample.stop());

test.each<ProviderAuth>([{ type: 'Bearer' }, { type: 'Header', name: 'x-api-key' }, { type: 'None' }])('%j needs none', (auth) => {
  expect(authorizers.choose(auth, 'key')).toEqual({ type: 'none' });
});

test('a token is fetched once, sent as bearer, and handed out at once from then on', async () => {
  const choice = authorizers.choose(IBM, 'key-1');
  if (choice.type !== 'authorizer') throw new Error(choice.type);
  const headers = { type: 'headers', headers: ['authorization', 'Bearer token-1'] };
  expect(await choice.authorizer.authorize(REQUEST)).toEqual(headers);
  expect(choice.authorizer.authorize(REQUEST)).toEqual(headers);
  expect(sample.asked).toHaveLength(1);
});

test('a token that the provider refuses is replaced', async () => {
  const choice = authorizers.choose(IBM, 'key-1');
  if (choice.type !== 'authorizer') throw new Error(choice.type);
  await choice.authorizer.authorize(REQUEST);
  sample.answer = { body: '{"access_token":"token-2","expires_in":60}' };
  choice.authorizer.discard();
  expect(await choice.authorizer.authorize(REQUEST)).toEqual({ type: 'headers', headers: ['authorization', 'Bearer token-2'] });
});

test('the same key has the same authorizer in the next table, another key another', () => {
  expect(authorizers.choose(IBM, 'key-1')).toEqual(authorizers.choose(IBM, 'key-1'));
  const [first, again, other] = [
    authorizers.choose(IBM, 'key-1'),
    authorizers.choose({ ...IBM }, 'key-1'),
    authorizers.choose(IBM, 'key-2'),
  ];
  if (first.type !== 'authorizer' || again.type !== 'authorizer' || other.type !== 'authorizer') throw new Error('unusable');
  expect(again.authorizer).toBe(first.authorizer);
  expect(other.authorizer).not.toBe(first.authorizer);
});

describe('secrets that cannot be used are told without being shown', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  test.each<[ProviderAuth, string | undefined]>([
    [AWS, 'AKIA'],
    [AWS, '{"accessKeyId":"AKIA"}'],
    [GOOGLE, '{"client_email":"a@b","private_key":"nonsense"}'],
    [GOOGLE, JSON.stringify({ client_email: 'a@b', private_key: ec })],
    [OAUTH, '{"client_id":"i"}'],
    [OAUTH, undefined],
    [IBM, undefined],
  ])('%j', (auth, secret) => {
    const choice = authorizers.choose(auth, secret);
    expect(choice).toMatchObject({ type: 'unusable', why: expect.stringMatching(/^is /) });
    if (secret !== undefined) expect(JSON.stringify(choice)).not.toContain(secret);
  });
});

describe("without a secret the pod's own identity is used", () => {
  test.each<[ProviderAuth, object]>([
    [AWS, { error: { message: expect.stringContaining('no AWS workload identity') } }],
    [{ type: 'AzureFederated', scope: 's' }, { error: { message: expect.stringContaining('no Azure workload identity') } }],
    [GOOGLE, { headers: ['authorization', 'Bearer token-1'] }],
  ])('%j', async (auth, expected) => {
    const choice = authorizers.choose(auth, undefined);
    if (choice.type !== 'authorizer') throw new Error(choice.type);
    expect(await choice.authorizer.authorize(REQUEST)).toMatchObject(expected);
  });
});
