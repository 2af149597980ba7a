import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { clientCredentialsToken, ibmIamToken } from './oauth-tokens.ts';
import { SampleSigning } from './sample-signing.ts';

let sample: SampleSigning;

beforeEach(async () => {
  sample = new SampleSigning();
  await sample.start();
});
afterEach(() => sample.stop());

const ENDPOINT = { tokenUrl: 'https://dbc-1.cloud.databricks.com/oidc/v1/token', scope: 'all-apis' };
const askDatabricks = () => clientCredentialsToken({ clientId: 'id', clientSecret: 'a b:c' }, ENDPOINT, sample.deps)();

test('client credentials are sent with HTTP Basic, form-encoded first, and the token comes back with its lifetime', async () => {
  expect(await askDatabricks()).toEqual({ type: 'value', value: 'token-1', lifetimeMs: 3_600_000 });
  const [asked] = sample.asked;
  expect(asked).toMatchObject({ method: 'POST', url: ENDPOINT.tokenUrl, headers: { authorization: `Basic ${btoa('id:a+b%3Ac')}` } });
  expect(Object.fromEntries(asked?.form ?? [])).toEqual({ grant_type: 'client_credentials', scope: 'all-apis' });
});

test('an IBM key is exchanged for a token', async () => {
  expect(await ibmIamToken('key-1', 'https://iam.cloud.ibm.com/identity/token', sample.deps)()).toMatchObject({ value: 'token-1' });
  expect(Object.fromEntries(sample.asked[0]?.form ?? [])).toEqual({
    grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
    apikey: 'key-1',
  });
});

describe('what goes wrong becomes a failure that says what it means for the key', () => {
  test.each([
    [
      { status: 400, body: '{"error":"invalid_grant","error_description":"Bad\\nline two"}' },
      'auth',
      'refused with 400 (invalid_grant: Bad)',
    ],
    [{ status: 401, body: '{"errorCode":"BXNIM0415E","errorMessage":"Provided API key could not be found."}' }, 'auth', 'BXNIM0415E'],
    [{ status: 429, headers: { 'retry-after': '7' }, body: '' }, 'rate-limited', 'refused with 429'],
    [{ status: 503, body: '<html>' }, 'server', 'refused with 503'],
    [{ status: 302, headers: { location: 'http://127.0.0.1/' }, body: '' }, 'server', 'refused with 302'],
    [{ body: '{}' }, 'malformed', 'without a token'],
    [{ body: '{"access_token":"a\\nb: c"}' }, 'malformed', 'without a token'],
    [{ body: 'x'.repeat(70_000) }, 'network', 'larger than 65536 bytes'],
  ] as const)('%j', async (answer, reason, words) => {
    sample.answer = answer;
    const obtained = await askDatabricks();
    expect(obtained).toMatchObject({ type: 'failure', error: { reason, message: expect.stringContaining(words) } });
    expect(JSON.stringify(obtained)).not.toContain('a b:c');
  });

  test('a hint to come back later is kept', async () => {
    sample.answer = { status: 429, headers: { 'retry-after': '7' }, body: '' };
    expect(await askDatabricks()).toMatchObject({ error: { retryAfterMs: 7000 } });
  });

  test('an endpoint that is not there', async () => {
    const { deps } = sample;
    await sample.stop();
    const obtained = await ibmIamToken('k', 'https://iam.cloud.ibm.com/identity/token', deps)();
    expect(obtained).toMatchObject({
      type: 'failure',
      error: { reason: 'network', message: expect.stringContaining('IBM Cloud IAM cannot be reached') },
    });
    sample = new SampleSigning();
    await sample.start();
  });
});

test('a lifetime that is missing or text is understood', async () => {
  sample.answer = { body: '{"access_token":"t"}' };
  expect(await askDatabricks()).toMatchObject({ lifetimeMs: 3_600_000 });
  sample.answer = { body: '{"access_token":"t","expires_in":"60"}' };
  expect(await askDatabricks()).toMatchObject({ lifetimeMs: 60_000 });
});
