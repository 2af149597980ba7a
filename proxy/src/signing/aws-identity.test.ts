import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { podAwsKeys } from './aws-identity.ts';
import { EPOCH_MS, SampleSigning } from './sample-signing.ts';

const UNTIL = new Date(EPOCH_MS + 3_600_000).toISOString();
const KEYS = { accessKeyId: 'ASIA1', secretAccessKey: 'secret-1', sessionToken: 'session-1' };
const STS_ANSWER = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
  <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/headgate-proxy</Arn></AssumedRoleUser>
  <Credentials><SessionToken>session-1</SessionToken><SecretAccessKey>secret-1</SecretAccessKey><Expiration>${UNTIL}</Expiration><AccessKeyId>ASIA1</AccessKeyId></Credentials>
</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
const AGENT_ANSWER = JSON.stringify({ AccessKeyId: 'ASIA1', SecretAccessKey: 'secret-1', Token: 'session-1', Expiration: UNTIL });

let sample: SampleSigning;

beforeEach(async () => {
  sample = new SampleSigning();
  await sample.start();
});
afterEach(() => sample.stop());

describe('IRSA', () => {
  beforeEach(() => {
    Object.assign(sample.variables, { AWS_WEB_IDENTITY_TOKEN_FILE: '/t', AWS_ROLE_ARN: 'arn:aws:iam::1:role/r' });
    sample.files['/t'] = 'projected-1\n';
    sample.answer = { body: STS_ANSWER };
  });

  test("the pod's token is exchanged for temporary keys at STS of the region", async () => {
    expect(await podAwsKeys('eu-central-1', undefined, sample.deps)()).toEqual({ type: 'value', value: KEYS, lifetimeMs: 3_600_000 });
    expect(sample.asked[0]?.url).toBe('https://sts.eu-central-1.amazonaws.com/');
    expect(Object.fromEntries(sample.asked[0]?.form ?? [])).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: 'arn:aws:iam::1:role/r',
      RoleSessionName: 'headgate-proxy',
      WebIdentityToken: 'projected-1',
    });
  });

  test('another role may be asked for, and China has its own STS', async () => {
    await podAwsKeys('cn-north-1', 'arn:aws-cn:iam::2:role/other', sample.deps)();
    expect(sample.asked[0]?.url).toBe('https://sts.cn-north-1.amazonaws.com.cn/');
    expect(sample.asked[0]?.form.get('RoleArn')).toBe('arn:aws-cn:iam::2:role/other');
  });

  test('a refusal says why', async () => {
    const body =
      '<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>';
    sample.answer = { status: 403, body };
    expect(await podAwsKeys('us-east-1', undefined, sample.deps)()).toMatchObject({
      error: {
        reason: 'auth',
        message: 'AWS STS refused with 403 (AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity)',
      },
    });
  });

  test.each(['', '<Credentials><AccessKeyId>A</AccessKeyId></Credentials>', STS_ANSWER.replace(UNTIL, '2020-01-01T00:00:00Z')])(
    'an answer without usable keys is a failure',
    async (body) => {
      sample.answer = { body };
      expect(await podAwsKeys('us-east-1', undefined, sample.deps)()).toMatchObject({ error: { reason: 'malformed' } });
    },
  );
});

describe('EKS Pod Identity', () => {
  beforeEach(() => {
    sample.answer = { body: AGENT_ANSWER };
    Object.assign(sample.variables, {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/agent',
    });
    sample.files['/agent'] = 'agent-token';
  });

  test("keys come from the node's agent", async () => {
    expect(await podAwsKeys('us-east-1', undefined, sample.deps)()).toEqual({ type: 'value', value: KEYS, lifetimeMs: 3_600_000 });
    expect(sample.asked[0]).toMatchObject({
      method: 'GET',
      url: 'http://169.254.170.23/v1/credentials',
      headers: { authorization: 'agent-token' },
    });
  });

  test.each(['http://169.254.169.254/latest/meta-data', 'http://10.0.0.1/', 'http://evil.example.com/', 'nonsense'])(
    'no other address is asked in clear text: %s',
    async (url) => {
      sample.variables['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = url;
      expect(await podAwsKeys('us-east-1', undefined, sample.deps)()).toMatchObject({ error: { reason: 'auth' } });
      expect(sample.asked).toEqual([]);
    },
  );

  test('it cannot act in another role, which is said', async () => {
    expect(await podAwsKeys('us-east-1', 'arn:aws:iam::1:role/r', sample.deps)()).toMatchObject({
      error: { reason: 'auth', message: 'the proxy has no AWS workload identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set' },
    });
  });
});

test('without any identity it is said what is missing', async () => {
  expect(await podAwsKeys('us-east-1', undefined, sample.deps)()).toMatchObject({
    error: { reason: 'auth', message: expect.stringContaining('AWS_CONTAINER_CREDENTIALS_FULL_URI is not set') },
  });
});
