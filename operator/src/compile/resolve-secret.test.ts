import { describe, expect, test } from '@jest/globals';
import type { World } from '../collect/world.ts';
import { ALLOWED_HOSTS_ANNOTATION, resolveApiKey } from './resolve-secret.ts';

function world(value: string, annotations: Readonly<Record<string, string>> = {}): World {
  const secrets = new Map([['team-a/s', { data: { key: value }, annotations }]]);
  return {
    providers: [],
    policies: [],
    consumers: [],
    secrets,
    services: new Map(),
    namespaces: new Map(),
    keySalt: '',
    allowedPrivateHosts: [],
  };
}

const REFERENCE = { name: 's', key: 'key' };

describe('an API key', () => {
  test.each(['sk-1', 'sk-1\n', 'sk-1\r\n', '  sk-1\t\n', '\uFEFFsk-1'])('%j is read without the white space around it', (value) => {
    expect(resolveApiKey(world(value), 'team-a', REFERENCE)).toMatchObject({ type: 'value', value: 'sk-1' });
  });

  test.each(['', ' ', '\n\n', 'sk 1', 'sk\n1', 'sk\r\nx-evil: 1', 'sk\u00001', 'sk-ü', 'sk-\u200b1', 'x'.repeat(8193)])(
    '%j is refused, without being quoted',
    (value) => {
      const result = resolveApiKey(world(value), 'team-a', REFERENCE);
      expect(result).toMatchObject({ type: 'unresolved', reason: 'SecretKeyMissing' });
      if (result.type === 'unresolved' && value.trim().length > 3) expect(result.message).not.toContain(value.trim());
    },
  );

  test('is only looked for in the own namespace, whatever the reference says', () => {
    expect(resolveApiKey(world('sk-1'), 'team-b', { ...REFERENCE, namespace: 'team-a' })).toMatchObject({ reason: 'SecretNotFound' });
  });

  test.each([[null], ['s'], [{ name: '../x', key: 'key' }], [{ name: 's' }], [{ key: 'key' }]])(
    'a reference like %j leads nowhere',
    (reference) => {
      expect(resolveApiKey(world('sk-1'), 'team-a', reference)).toMatchObject({ type: 'unresolved' });
    },
  );

  test('members of Object.prototype are no keys', () => {
    expect(resolveApiKey(world('sk-1'), 'team-a', { name: 's', key: 'constructor' })).toMatchObject({ reason: 'SecretKeyMissing' });
  });
});

test.each([
  [{}, undefined],
  [{ [ALLOWED_HOSTS_ANNOTATION]: '' }, []],
  [{ [ALLOWED_HOSTS_ANNOTATION]: ' API.openai.com , *.example.com,' }, ['api.openai.com', '*.example.com']],
])('the annotation %j allows %j', (annotations, expected) => {
  expect(resolveApiKey(world('sk-1', annotations), 'team-a', REFERENCE)).toMatchObject({ type: 'value', allowedHosts: expected });
});
