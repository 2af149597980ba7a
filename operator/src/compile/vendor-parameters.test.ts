import { type CatalogVendor, findVendor } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { Findings } from './findings.ts';
import { vendorLayout } from './vendor-layout.ts';
import { fill, readVendorParameters } from './vendor-parameters.ts';

function vendorOf(type: string): CatalogVendor {
  const vendor = findVendor(type);
  if (vendor === undefined) throw new Error(type);
  return vendor;
}

function layoutOf(spec: Record<string, unknown>): {
  readonly url: string;
  readonly said: string;
  readonly layout: ReturnType<typeof vendorLayout>;
} {
  const findings = new Findings();
  const vendor = vendorOf(String(spec['type']));
  const layout = vendorLayout(vendor, vendor.dialects[0], readVendorParameters(spec, vendor, findings), findings);
  return { url: layout.origin === undefined ? 'nowhere' : `${layout.origin}${layout.basePath}`, said: findings.accepted().message, layout };
}

describe('the address of a vendor', () => {
  test.each([
    [{ type: 'OpenAI' }, 'https://api.openai.com/v1'],
    [{ type: 'OpenAI', region: 'eu' }, 'https://eu.api.openai.com/v1'],
    [{ type: 'AzureOpenAI', azure: { resource: 'r-1' } }, 'https://r-1.openai.azure.com/openai/v1'],
    [{ type: 'AzureOpenAI', azure: { resource: 'r-1', apiVersion: '2024-10-21' } }, 'https://r-1.openai.azure.com/openai'],
    [{ type: 'DashScope', region: 'cn' }, 'https://dashscope.aliyuncs.com/compatible-mode/v1'],
    [
      { type: 'WatsonX', region: 'eu-de', watsonx: { projectID: '12ac4cf1-252f-424b-b52d-5cdd9814987f' } },
      'https://eu-de.ml.cloud.ibm.com/ml/v1',
    ],
    [
      { type: 'CloudflareWorkersAI', cloudflare: { accountID: '0'.repeat(32) } },
      `https://api.cloudflare.com/client/v4/accounts/${'0'.repeat(32)}/ai/v1`,
    ],
    [{ type: 'AzureOpenAI' }, 'nowhere'],
    [{ type: 'Bedrock' }, 'nowhere'],
    [{ type: 'VertexAI', region: 'europe-west4' }, 'nowhere'],
  ])('%j is at %s', (spec, url) => {
    expect(layoutOf(spec).url).toBe(url);
  });

  test('a region that a vendor does not have is named with those it has', () => {
    expect(layoutOf({ type: 'Moonshot', region: 'mars' })).toMatchObject({
      url: 'nowhere',
      said: '`region` `mars` must be one of global, cn',
    });
  });

  test.each([
    { type: 'Bedrock', region: 'evil.example.com/' },
    { type: 'AzureOpenAI', azure: { resource: 'evil.example.com/x#' } },
    { type: 'Databricks', databricks: { workspaceHost: 'evil.example.com' } },
    { type: 'VertexAI', gcp: { project: 'a/../../b' } },
    { type: 'CloudflareWorkersAI', cloudflare: { accountID: ['x'] } },
  ])('what would lead elsewhere is refused: %j', (spec) => {
    expect(layoutOf(spec)).toMatchObject({ url: 'nowhere', said: expect.stringContaining('is malformed') });
  });

  test('an API version moves calls to the paths of deployments, and old ones are not asked for usage', () => {
    const { layout } = layoutOf({ type: 'AzureOpenAI', azure: { resource: 'r-1', apiVersion: '2024-10-21' } });
    expect(layout.paths?.chat).toBe('/deployments/{model}/chat/completions?api-version=2024-10-21');
    expect(layout.quirks.noStreamOptions).toBeUndefined();
    expect(layoutOf({ type: 'AzureOpenAI', azure: { resource: 'r-1', apiVersion: '2024-06-01' } }).layout.quirks.noStreamOptions).toBe(
      true,
    );
  });
});

test('a text is filled in whole or not at all, and the model is left to the proxy', () => {
  expect(fill('/{project}/{model}/{region}', { project: 'p', region: 'r' })).toBe('/p/{model}/r');
  expect(fill('/{project}', {})).toBeUndefined();
  expect(fill('/{constructor}', {})).toBeUndefined();
});
