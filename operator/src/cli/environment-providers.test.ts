import { describe, expect, test } from '@jest/globals';
import { findEnvironmentProviders } from './environment-providers.ts';

const models = (): readonly string[] => ['gpt-4o', 'gpt-4.o', 'o3'];

describe('findEnvironmentProviders', () => {
  test('makes a provider, its key and a policy per model from a key in the environment', async () => {
    const { objects, found } = await findEnvironmentProviders({ OPENAI_API_KEY: ' sk-1 ' }, models);
    expect(found).toContain('openai (OPENAI_API_KEY)');
    expect(objects.find((object) => object.type === 'Secret')).toMatchObject({
      name: 'default/openai',
      content: { data: { apiKey: 'sk-1' } },
    });
    expect(objects.find((object) => object.type === 'Provider')).toMatchObject({ object: { spec: { type: 'OpenAI' } } });
    const policies = objects.flatMap((object) => (object.type === 'Policy' && object.id.includes('/openai') ? [object] : []));
    expect(policies.map((policy) => policy.object.spec.models[0])).toEqual(['openai/gpt-4o', 'openai/gpt-4.o', 'openai/o3']);
    expect(new Set(policies.map((policy) => policy.id)).size).toBe(3);
  });

  test('adds nothing for an empty key', async () => {
    const { objects } = await findEnvironmentProviders({ ANTHROPIC_API_KEY: '' }, models);
    expect(objects.filter((object) => object.id.includes('anthropic'))).toEqual([]);
  });
});
