import type { ProviderAuth } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { readCredentialsFile } from './read-credentials-file.ts';

const AWS: ProviderAuth = { type: 'AwsSigV4', region: 'us-east-1', service: 'bedrock' };
const GOOGLE: ProviderAuth = { type: 'GoogleServiceAccount', scope: 's' };
const OAUTH: ProviderAuth = { type: 'OAuthClientCredentials', tokenUrl: 'https://x', scope: 's' };
const KEYS = { accessKeyId: 'AKIAX', secretAccessKey: 'a/b=' };

function secretOf(auth: ProviderAuth, text: string): unknown {
  const file = readCredentialsFile(auth, text);
  return file.type === 'file' ? JSON.parse(file.secret) : file;
}

describe('AWS', () => {
  test.each([
    ['what credential_process prints', '{"Version": 1, "AccessKeyId": "AKIAX", "SecretAccessKey": "a/b="}', KEYS],
    ['a session', '{"AccessKeyId": "AKIAX", "SecretAccessKey": "a/b=", "SessionToken": "t"}', { ...KEYS, sessionToken: 't' }],
    ['a credentials file', '# mine\n[default]\naws_access_key_id = AKIAX\r\naws_secret_access_key=a/b=\nregion = us-east-1\n', KEYS],
    ['the only profile of a file', '[work]\naws_access_key_id=AKIAX\naws_secret_access_key=a/b=', KEYS],
    ['the default of two profiles', '[default]\naws_access_key_id=AKIAX\naws_secret_access_key=a/b=\n[b]\naws_access_key_id=B', KEYS],
    ['a file without profiles', 'aws_access_key_id=AKIAX\naws_secret_access_key=a/b=', KEYS],
  ])('reads %s', (_what, text, expected) => {
    expect(secretOf(AWS, text)).toEqual(expected);
  });

  test('an API key is a key', () => {
    expect(readCredentialsFile(AWS, 'ABSKQmVkcm9ja0FQSUtleS1h=')).toEqual({ type: 'key' });
  });

  test.each(['{"AccessKeyId": "AKIAX"}', '{not json', '[a]\naws_access_key_id=X\n[b]\naws_access_key_id=Y'])(
    'says what is missing, and no value: %s',
    (text) => {
      const file = readCredentialsFile(AWS, text);
      expect(file).toMatchObject({ type: 'broken', why: expect.stringContaining('must be complete and hold') });
      expect(JSON.stringify(file)).not.toContain('AKIAX');
    },
  );
});

describe('JSON files', () => {
  test('of a service account only what signs is kept: a token_uri does not decide where it is sent', () => {
    const file = {
      type: 'service_account',
      client_email: 'a@b',
      private_key: '-----BEGIN\nX',
      private_key_id: '7',
      token_uri: 'http://169.254.169.254',
    };
    expect(secretOf(GOOGLE, JSON.stringify(file, undefined, 2))).toEqual({
      client_email: 'a@b',
      private_key: '-----BEGIN\nX',
      private_key_id: '7',
    });
  });

  test('client credentials are read, a token is a key', () => {
    expect(secretOf(OAUTH, '{"client_id": "i", "client_secret": "s", "host": "h"}')).toEqual({ client_id: 'i', client_secret: 's' });
    expect(readCredentialsFile(OAUTH, 'dapi0123')).toEqual({ type: 'key' });
    expect(readCredentialsFile(OAUTH, '{"client_id": "i"}').type).toBe('broken');
    expect(readCredentialsFile({ type: 'Bearer' }, '{"client_id": "i"}')).toEqual({ type: 'key' });
  });
});
