import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Authorization, RequestToAuthorize } from './authorizer.ts';
import type { AwsKeys } from './aws-keys.ts';
import { SigV4Authorizer } from './sigv4-authorizer.ts';

/** Keys and time of AWS's own test suite (aws-signing-test-suite, Apache-2.0). */
const KEYS: AwsKeys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const CLOCK = { monotonicMs: () => 0, wallMs: () => Date.UTC(2015, 7, 30, 12, 36, 0) };
const VANILLA: RequestToAuthorize = { method: 'POST', host: 'example.amazonaws.com', path: '/', body: new Uint8Array() };

function signer(keys: AwsKeys, service = 'service'): SigV4Authorizer {
  return new SigV4Authorizer({ get: () => ({ type: 'value', value: keys }), discard: () => {} }, { region: 'us-east-1', service }, CLOCK);
}

function headersOf(authorization: Authorization): Readonly<Record<string, string>> {
  if (authorization.type === 'failure') throw new Error(authorization.error.message);
  const pairs = authorization.headers.flatMap((name, index, all) => (index % 2 === 0 ? [[name, all[index + 1] ?? '']] : []));
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** By the letter of the specification, on its own code: what AWS would expect for what was sent. */
function expectedSignature(request: RequestToAuthorize, sent: Readonly<Record<string, string>>, service: string): string {
  const [path = '', query = ''] = request.path.split('?');
  const canonicalPath = path.split('/').map(encodeURIComponent).join('/');
  const signedNames = /SignedHeaders=([^,]+)/.exec(sent['authorization'] ?? '')?.[1] ?? '';
  const all: Record<string, string> = { ...sent, host: request.host };
  const lines = signedNames.split(';').map((name) => `${name}:${all[name]}\n`);
  const bodyHash = createHash('sha256').update(request.body).digest('hex');
  const canonical = [request.method, canonicalPath, query.split('&').sort().join('&'), lines.join(''), signedNames, bodyHash].join('\n');
  const date = sent['x-amz-date'] ?? '';
  const scope = `${date.slice(0, 8)}/us-east-1/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const key = ['us-east-1', service, 'aws4_request'].reduce(hmac, hmac(`AWS4${KEYS.secretAccessKey}`, date.slice(0, 8)));
  return hmac(key, toSign).toString('hex');
}

test("signs AWS's own test case post-vanilla", async () => {
  const headers = headersOf(await signer(KEYS).authorize(VANILLA));
  expect(headers).toEqual({
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  });
});

describe('what is signed', () => {
  test.each<[string, Partial<RequestToAuthorize>]>([
    ['a body', { body: new TextEncoder().encode('{"messages":[]}') }],
    [
      'a model id with a colon, encoded once on the wire and once more in the signature',
      { path: '/model/amazon.nova-lite-v1%3A0/converse' },
    ],
    ['a query', { path: '/x?b=2&a=1' }],
    ['a port', { host: 'localhost:8443' }],
  ])('%s', async (_what, part) => {
    const request = { ...VANILLA, ...part };
    const headers = headersOf(await signer(KEYS, 'bedrock').authorize(request));
    expect(headers['authorization']).toContain(`Signature=${expectedSignature(request, headers, 'bedrock')}`);
    expect(headers['host']).toBeUndefined();
  });

  test('the session token of temporary keys is sent and signed', async () => {
    const headers = headersOf(await signer({ ...KEYS, sessionToken: 'session-1' }).authorize(VANILLA));
    expect(headers['x-amz-security-token']).toBe('session-1');
    expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token');
  });
});

test('without keys nothing is signed, and the reason is passed on', async () => {
  const error = { reason: 'auth', message: 'no identity' } as const;
  const authorizer = new SigV4Authorizer(
    { get: async () => ({ type: 'failure', error }), discard: () => {} },
    { region: 'r', service: 's' },
    CLOCK,
  );
  expect(await authorizer.authorize(VANILLA)).toEqual({ type: 'failure', error });
});
