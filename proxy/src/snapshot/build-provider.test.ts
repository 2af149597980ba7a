import type { ProviderAuth, ProviderResource } from '@headgate/crds';
import { afterAll, describe, expect, test } from '@jest/globals';
import { buildProvider } from './build-provider.ts';
import { sampleDeps } from './sample-snapshot.ts';
import { sampleProvider } from './sample-table.ts';
import type { Provider } from './snapshot.ts';

const deps = sampleDeps();
afterAll(() => deps.dispatchers.destroy());

const AWS: ProviderAuth = { type: 'AwsSigV4', region: 'us-east-1', service: 'bedrock' };
const ACCESS_KEY = JSON.stringify({ accessKeyId: 'AKIA1', secretAccessKey: 's' });

function build(fields: Partial<ProviderResource>): Provider {
  const outcome = buildProvider('provider/team/p', sampleProvider('p', fields), deps);
  if (outcome.type === 'rejected') throw new Error(outcome.reason);
  return outcome.value;
}

function reasonOf(fields: Partial<ProviderResource>): string {
  const outcome = buildProvider('provider/team/p', sampleProvider('p', fields), deps);
  return outcome.type === 'rejected' ? outcome.reason : 'built';
}

test('a plain key is a header and needs nothing else', () => {
  const [connection] = build({}).connections;
  expect(connection?.authorizer).toBeUndefined();
  expect(connection?.requestHeaders).toEqual(expect.arrayContaining(['authorization', 'Bearer key-of-p']));
});

test('each key is used in its own way: an access key beside an API key signs and is sent nowhere', () => {
  const provider = build({
    credentials: [
      { name: 'plain', secret: 'api-key', weight: 1 },
      { name: 'signing', secret: ACCESS_KEY, weight: 1, auth: AWS },
    ],
  });
  const [plain, signing] = provider.connections;
  expect(plain?.authorizer).toBeUndefined();
  expect(signing?.authorizer).toBeDefined();
  expect(JSON.stringify(signing?.requestHeaders)).not.toMatch(/AKIA1|authorization/);
});

test('another dialect of a provider has its own place and its own way of sending the key', () => {
  const auth: ProviderAuth = { type: 'Header', name: 'x-api-key' };
  const provider = build({
    paths: { chat: '/mine' },
    quirks: { maxTokensField: 'max_completion_tokens' },
    alternatives: [{ dialect: 'anthropic-messages', basePath: '/anthropic/v1', auth, quirks: {} }],
  });
  const other = provider.byDialect.get('anthropic-messages');
  expect(other).toMatchObject({ dialect: 'anthropic-messages', basePath: '/anthropic/v1', quirks: {} });
  expect(other?.paths).toBeUndefined();
  const [connection] = provider.connections;
  expect(connection?.headersByDialect.get('anthropic-messages')).toEqual(
    expect.arrayContaining(['x-api-key', 'key-of-p', 'anthropic-version']),
  );
  expect(connection?.requestHeaders).toEqual(expect.arrayContaining(['authorization', 'Bearer key-of-p']));
});

test("without keys the pod's identity authorizes, and every address of a provider shares it", () => {
  const { connections } = build({
    credentials: [],
    auth: AWS,
    origins: [{ url: 'https://a.example.com' }, { url: 'https://b.example.com' }],
  });
  expect(connections[0]?.authorizer).toBeDefined();
  expect(connections[1]?.authorizer).toBe(connections[0]?.authorizer);
});

describe('a provider is refused whole when', () => {
  test('a secret cannot be used in the way it is meant, and the secret is not shown', () => {
    const reason = reasonOf({ credentials: [{ name: 'main', secret: 'not-json', weight: 1, auth: AWS }] });
    expect(reason).toBe("the secret of credential 'main' is not an AWS access key");
  });

  test.each(['http://iam.example.com/token', 'nonsense'])('secrets would be sent to %s', (tokenUrl) => {
    expect(reasonOf({ auth: { type: 'IbmIamApiKey', tokenUrl } })).toContain('is not an https address');
    expect(
      reasonOf({
        credentials: [{ name: 'main', secret: '{}', weight: 1, auth: { type: 'OAuthClientCredentials', tokenUrl, scope: 's' } }],
      }),
    ).toContain('is not an https address');
  });
});
