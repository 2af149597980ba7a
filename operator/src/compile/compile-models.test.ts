import type { CatalogModel } from '@headgate/crds';
import { expect, test } from '@jest/globals';
import { compileModels } from './compile-models.ts';
import { Findings } from './findings.ts';

const CATALOGUED: CatalogModel = {
  name: 'known',
  capabilities: ['Chat', 'Vision'],
  contextWindow: 1000,
  pricing: { inputPerMTok: '2.50', outputPerMTok: '10', cachedInputPerMTok: '1.25' },
};
const find = (name: string): CatalogModel | undefined => (name === 'known' ? CATALOGUED : undefined);
const compiled = (model: unknown, findings = new Findings()): unknown => [...compileModels([model], find, findings).exact.values()][0];

test('what an object leaves out comes from the catalogue', () => {
  expect(compiled({ name: 'known', contextWindow: 500, capabilities: [] })).toEqual({
    name: 'known',
    capabilities: ['Chat', 'Vision'],
    contextWindow: 500,
    pricing: { inputNanoUsd: 2500, outputNanoUsd: 10_000, cachedInputNanoUsd: 1250 },
  });
});

test('a price of its own replaces that of the catalogue as a whole', () => {
  expect(compiled({ name: 'known', pricing: { inputPerMTok: '1', outputPerMTok: '2' } })).toMatchObject({
    pricing: { inputNanoUsd: 1000, outputNanoUsd: 2000 },
  });
  expect(compiled({ name: 'known', pricing: { inputPerMTok: '1', outputPerMTok: '2' } })).not.toHaveProperty('pricing.cachedInputNanoUsd');
});

test('a model that nobody knows has no capabilities and no price', () =>
  expect(compiled({ name: 'new' })).toEqual({ name: 'new', capabilities: [] }));

test.each([
  [{ inputPerMTok: 'free', outputPerMTok: '1' }],
  [{ inputPerMTok: '1' }],
  [{ inputPerMTok: 1, outputPerMTok: 2 }],
  [{ inputPerMTok: '1', outputPerMTok: '2', perRequest: '-1' }],
  [{ inputPerMTok: '1', outputPerMTok: '2', cacheWritePerMTok: '1e3' }],
  [{ inputPerMTok: '1', outputPerMTok: '2', tiers: [{ aboveInputTokens: 0, inputPerMTok: '1', outputPerMTok: '2' }] }],
])('the price %j makes the model unpriced, never free', (pricing) => {
  const findings = new Findings();
  expect(compiled({ name: 'known', pricing }, findings)).not.toHaveProperty('pricing');
  expect(findings.accepted().reason).toBe('PartiallyValid');
});

test('tiers are sorted by where they begin', () => {
  const tier = (aboveInputTokens: number): object => ({ aboveInputTokens, inputPerMTok: '1', outputPerMTok: '2' });
  const pricing = { inputPerMTok: '1', outputPerMTok: '2', tiers: [tier(200), tier(100)] };
  expect(compiled({ name: 'm', pricing })).toMatchObject({ pricing: { tiers: [{ aboveInputTokens: 100 }, { aboveInputTokens: 200 }] } });
});
