import type { ProviderCredential, ProviderResource } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { requestHeaders } from './request-headers.ts';
import { sampleProvider } from './sample-table.ts';

const credential: ProviderCredential = { name: 'main', secret: 'sk-1', weight: 1 };

function headers(fields: Partial<ProviderResource>, key: ProviderCredential | undefined = credential): Readonly<Record<string, string>> {
  const flat = requestHeaders(sampleProvider('p', fields), key, '1.2.3');
  return Object.fromEntries(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]));
}

describe('requestHeaders', () => {
  test('a bearer provider gets its key, JSON and who is asking', () => {
    expect(headers({})).toEqual({
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'headgate/1.2.3',
      authorization: 'Bearer sk-1',
    });
  });

  test('Anthropic gets its version and the key under its own name', () => {
    const made = headers({ dialect: 'anthropic-messages', auth: { type: 'Header', name: 'X-Api-Key' } });
    expect(made['anthropic-version']).toBe('2023-06-01');
    expect(made['x-api-key']).toBe('sk-1');
    expect(made['authorization']).toBeUndefined();
  });

  test('headers of the provider replace defaults, but never the key', () => {
    const made = headers({
      headers: [
        { name: 'User-Agent', value: 'mine' },
        { name: 'Authorization', value: 'Bearer stolen' },
        { name: 'x-org', value: 'o' },
      ],
    });
    expect(made['user-agent']).toBe('mine');
    expect(made['authorization']).toBe('Bearer sk-1');
    expect(made['x-org']).toBe('o');
  });

  test('without a key, or with type None, nothing is sent as one', () => {
    expect(requestHeaders(sampleProvider('p'), undefined, '1').join()).not.toContain('authorization');
    expect(headers({ auth: { type: 'None' } })['authorization']).toBeUndefined();
  });
});
