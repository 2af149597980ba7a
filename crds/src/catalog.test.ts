import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { CATALOG_VENDORS } from './catalog.gen.ts';
import { findModel, findVendor, vendorModels } from './catalog.ts';
import type { CatalogVendor } from './catalog-types.ts';

const PRICE = /^\d{1,6}(\.\d{1,9})?$/;

const manifest = load(readFileSync(new URL('../manifests/modelproviders.yaml', import.meta.url), 'utf8')) as {
  spec: {
    versions: {
      schema: {
        openAPIV3Schema: {
          properties: {
            spec: { properties: { type: { enum: string[] } }; 'x-kubernetes-validations': { message: string }[] };
          };
        };
      };
    }[];
  };
};
const spec = manifest.spec.versions[0]?.schema.openAPIV3Schema.properties.spec;

describe('vendors', () => {
  test('every type of the CRD is a vendor of the catalogue and the other way round', () => {
    expect(CATALOG_VENDORS.map((vendor) => vendor.name)).toEqual(spec?.properties.type.enum);
    expect(findVendor('OpenAI')?.baseURL).toBe('https://api.openai.com/v1');
    expect(findVendor('NoSuchVendor')).toBeUndefined();
    expect(findVendor('constructor')).toBeUndefined();
  });

  test('the rule on baseURL names exactly the vendors without one, but for the simulator, which the operator finds', () => {
    const without = CATALOG_VENDORS.filter((vendor) => vendor.baseURL === null && vendor.name !== 'Simulated').map((vendor) => vendor.name);
    const message = spec?.['x-kubernetes-validations']
      .map((rule) => rule.message)
      .find((text) => text.includes('must be given when `type` is Ollama'));
    const named = message?.split('`type` is ')[1]?.split(/, | or /);
    expect(named).toEqual(without);
  });

  test.each(CATALOG_VENDORS.map((vendor) => [vendor.name, vendor] as const))('%s is well-formed', (_name, vendor) => {
    expect(Object.keys(vendor.auth).sort()).toEqual([...vendor.dialects].sort());
    for (const prefix of [vendor.basePath, ...Object.values(vendor.basePaths ?? {})]) expect(prefix).toMatch(/^(\/[^/?#]+)*$/);
    expect(Object.keys(vendor.basePaths ?? {}).filter((dialect) => !Object.keys(vendor.auth).includes(dialect))).toEqual([]);
    expect((vendor.alsoSpeaks ?? []).filter((dialect) => !vendor.dialects.slice(1).includes(dialect))).toEqual([]);
    for (const path of [vendor.embeddingsPath, vendor.listingPath, ...Object.values(vendor.listingPaths ?? {})]) {
      expect(path ?? '/').toMatch(/^\//);
    }
    expect(Object.keys(vendor.listingPaths ?? {}).filter((dialect) => !Object.keys(vendor.auth).includes(dialect))).toEqual([]);
    if (vendor.listingPrices !== undefined) expect(vendor.listingPath).not.toBeNull();
    if (vendor.baseURL === null) return;
    const fill = (text: string): string => text.replaceAll(/\{(region|resource|project|accountID|workspaceHost)\}/g, 'x-1');
    const url = new URL(fill(vendor.baseURL));
    expect(url.origin).toBe(fill(vendor.origin ?? ''));
    expect(url.protocol).toBe('https:');
    expect(url.pathname === '/' ? '' : url.pathname).toBe(fill(vendor.basePath));
  });

  test('the rules on region, dialect and workloadIdentity name exactly the vendors that have several', () => {
    const named = (start: string): readonly string[] | undefined =>
      spec?.['x-kubernetes-validations']
        .map((rule) => rule.message)
        .find((text) => text.startsWith(start))
        ?.replace(start, '')
        .split(':')[0]
        ?.split(/, | or /);
    const having = (has: (vendor: CatalogVendor) => boolean): readonly string[] => CATALOG_VENDORS.filter(has).map(({ name }) => name);
    expect(named('`region` must be left out unless `type` is ')?.toSorted()).toEqual(
      having(({ regions }) => regions !== undefined).toSorted(),
    );
    expect(named('`dialect` must be left out unless `type` is ')).toEqual(having(({ dialects }) => dialects.length > 1));
    expect(having(({ workloadIdentity }) => workloadIdentity !== undefined)).toEqual(['AzureOpenAI', 'VertexAI', 'Bedrock']);
  });

  test('a region has an address of its own, and the default is one of them', () => {
    for (const { name, origin, regions } of CATALOG_VENDORS) {
      if (regions === undefined) continue;
      for (const address of Object.values(regions.origins ?? {})) expect(new URL(address).origin).toBe(address);
      if (origin?.includes('{region}') === true) continue;
      expect([name, regions.origins?.[regions.default ?? '']]).toEqual([name, origin]);
    }
  });
});

describe('models', () => {
  test('a known model has its window, ceiling, capabilities and price', () => {
    expect(findModel('OpenAI', 'gpt-4.1')).toEqual({
      name: 'gpt-4.1',
      capabilities: ['Chat', 'Tools', 'Vision', 'JsonSchema'],
      contextWindow: 1047576,
      maxOutputTokens: 32768,
      pricing: { inputPerMTok: '2', outputPerMTok: '8', cachedInputPerMTok: '0.5' },
    });
  });

  test('the same name at another vendor, or no such vendor, is nothing', () => {
    expect(findModel('Anthropic', 'gpt-4.1')).toBeUndefined();
    expect(findModel('toString', 'gpt-4.1')).toBeUndefined();
    expect(findModel('OpenAI', '__proto__')).toBeUndefined();
  });

  test('long-context tiers are kept in ascending order', () => {
    const tiered = CATALOG_VENDORS.flatMap((vendor) => vendorModels(vendor.name)).filter((model) => model.pricing?.tiers);
    expect(tiered.length).toBeGreaterThan(10);
    for (const { pricing } of tiered) {
      const bounds = pricing?.tiers?.map((tier) => tier.aboveInputTokens) ?? [];
      expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
    }
  });

  test('a price is never zero unless the model calls itself free or only embeds', () => {
    for (const vendor of CATALOG_VENDORS) {
      for (const model of vendorModels(vendor.name)) {
        if (model.pricing === undefined) continue;
        const { inputPerMTok, outputPerMTok, cachedInputPerMTok } = model.pricing;
        for (const price of [inputPerMTok, outputPerMTok, cachedInputPerMTok ?? '1']) expect(price).toMatch(PRICE);
        if (model.name.endsWith(':free')) continue;
        expect([vendor.name, model.name, inputPerMTok]).not.toEqual([vendor.name, model.name, '0']);
        if (!model.capabilities.includes('Embeddings')) expect([model.name, outputPerMTok]).not.toEqual([model.name, '0']);
      }
    }
  });

  test('models whose source gives no price, or 0 for a trial or quota, are unpriced', () => {
    expect(findModel('GitHubModels', 'openai/gpt-4.1')?.pricing).toBeUndefined();
    expect(vendorModels('NvidiaNIM').filter((model) => model.pricing === undefined).length).toBeGreaterThan(50);
  });

  test('the simulated vendor has a fast, a smart and an embedding model, all priced', () => {
    expect(vendorModels('Simulated').map((model) => model.name)).toEqual(['sim-fast', 'sim-smart', 'sim-embed']);
    for (const model of vendorModels('Simulated')) expect(model.pricing?.inputPerMTok).toMatch(PRICE);
  });

  test('an embedding model has that capability alone', () => {
    expect(findModel('OpenAI', 'text-embedding-3-small')?.capabilities).toEqual(['Embeddings']);
  });
});
