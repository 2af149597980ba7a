/**
 * Makes crds/catalog/models.json (and LICENSE.models) from a models.dev-shaped file:
 *
 *   node crds/scripts/import-models.ts MODELS.json LICENSE
 *
 * Then run crds/scripts/generate.ts. Decisions, because money depends on them:
 * - Models without text output, and those without a context window (image, speech, video), are left out.
 * - A cost of 0 for input and output is a price only when the model's own name says it is free (`:free`). Elsewhere
 *   the source writes 0 for "not billed here" (trial endpoints of NvidiaNIM, quotas of GitHubModels): unpriced.
 * - A cache price of 0 beside a real input price means "not offered or not known": left out, so that cached tokens are
 *   counted at the input price rather than at nothing.
 * - A model that also charges per request or citation is unpriced: the source gives no unit for these. So is one that
 *   answers in text for nothing but charges for input: a router, whose price is that of the model it picks.
 * - A capability that the source does not mention is assumed for JSON schemas only; the vendor has the last word.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { CatalogModel } from '../src/catalog-types.ts';

interface SourceCost {
  readonly input?: number;
  readonly output?: number;
  readonly cache_read?: number;
  readonly cached_input?: number;
  readonly cache_write?: number;
  readonly cached_write?: number;
  readonly request?: number;
  readonly citation?: number;
  readonly tiers?: readonly (SourceCost & { readonly tier: { readonly size: number } })[];
}

interface SourceModel {
  readonly id: string;
  readonly family?: string | null;
  readonly reasoning: boolean;
  readonly tool_call: boolean;
  readonly structured_output?: boolean;
  readonly cost?: SourceCost;
  readonly limit: { readonly context: number; readonly output: number };
  readonly modalities: { readonly input: readonly string[]; readonly output: readonly string[] };
}

interface SourceFile {
  readonly source: string;
  readonly vendors: readonly { readonly vendor: string; readonly models: readonly SourceModel[] }[];
}

type Pricing = NonNullable<CatalogModel['pricing']>;
type Rates = Pick<Pricing, 'inputPerMTok' | 'outputPerMTok' | 'cachedInputPerMTok' | 'cacheWritePerMTok'>;

/** Vendors whose listed models are not the ones behind our type: Ollama's are those of its cloud, ours is a local server. */
const SKIPPED_VENDORS: ReadonlySet<string> = new Set(['Ollama']);

/** Plain decimal text, at most nine decimals: 0.0028 -> "0.0028", 10.0 -> "10". */
function decimal(usd: number): string {
  return usd.toFixed(9).replace(/\.?0+$/, '');
}

function isEmbedding(model: SourceModel): boolean {
  return `${model.id} ${model.family ?? ''}`.toLowerCase().includes('embed');
}

function capabilities(model: SourceModel): CatalogModel['capabilities'] {
  if (isEmbedding(model)) return ['Embeddings'];
  if (model.id.toLowerCase().includes('rerank')) return ['Rerank'];
  const { input, output } = model.modalities;
  return [
    'Chat' as const,
    ...(model.tool_call ? ['Tools' as const] : []),
    ...(input.includes('image') ? ['Vision' as const] : []),
    ...(input.includes('audio') || output.includes('audio') ? ['Audio' as const] : []),
    ...(model.structured_output === false ? [] : ['JsonSchema' as const]),
    ...(model.reasoning ? ['Reasoning' as const] : []),
  ];
}

function rates(cost: SourceCost): Rates | undefined {
  if (cost.input === undefined || cost.output === undefined) return undefined;
  const cacheRead = cost.cache_read ?? cost.cached_input ?? 0;
  const cacheWrite = cost.cache_write ?? cost.cached_write ?? 0;
  return {
    inputPerMTok: decimal(cost.input),
    outputPerMTok: decimal(cost.output),
    ...(cacheRead > 0 ? { cachedInputPerMTok: decimal(cacheRead) } : {}),
    ...(cacheWrite > 0 ? { cacheWritePerMTok: decimal(cacheWrite) } : {}),
  };
}

function pricing(model: SourceModel): Pricing | undefined {
  const cost = model.cost;
  if (cost === undefined || cost.request !== undefined || cost.citation !== undefined) return undefined;
  const isFree = (cost.input ?? 0) === 0 && (cost.output ?? 0) === 0;
  if (isFree && !model.id.endsWith(':free')) return undefined;
  if (!isFree && cost.output === 0 && !isEmbedding(model)) return undefined;
  const base = rates(cost);
  if (base === undefined) return undefined;
  const tiers = (cost.tiers ?? [])
    .flatMap((tier) => {
      const tierRates = rates(tier);
      return tierRates === undefined ? [] : [{ aboveInputTokens: tier.tier.size, ...tierRates }];
    })
    .sort((a, b) => a.aboveInputTokens - b.aboveInputTokens);
  return { ...base, ...(tiers.length > 0 ? { tiers } : {}) };
}

function catalogModel(model: SourceModel): CatalogModel {
  const price = pricing(model);
  return {
    name: model.id,
    capabilities: capabilities(model),
    contextWindow: model.limit.context,
    ...(model.limit.output > 0 && !isEmbedding(model) ? { maxOutputTokens: model.limit.output } : {}),
    ...(price === undefined ? {} : { pricing: price }),
  };
}

function isUsable(model: SourceModel): boolean {
  return model.modalities.output.includes('text') && model.limit.context > 0;
}

function main([sourcePath, licencePath]: readonly string[]): void {
  if (sourcePath === undefined || licencePath === undefined) {
    console.error('usage: node crds/scripts/import-models.ts MODELS.json LICENSE');
    process.exitCode = 2;
    return;
  }
  const catalog = new URL('../catalog/', import.meta.url);
  const vendorFile = JSON.parse(readFileSync(new URL('vendors.json', catalog), 'utf8')) as { vendors: { name: string }[] };
  const known = new Set(vendorFile.vendors.map((vendor) => vendor.name).filter((name) => !SKIPPED_VENDORS.has(name)));
  const file = JSON.parse(readFileSync(sourcePath, 'utf8')) as SourceFile;
  const vendors = [...new Set(file.vendors.map(({ vendor }) => vendor))]
    .filter((vendor) => known.has(vendor))
    .map((vendor) => {
      // One of our types may be several providers of the source, which list some models twice.
      const listed = file.vendors.filter((entry) => entry.vendor === vendor).flatMap((entry) => entry.models);
      const models = [...new Map(listed.map((model) => [model.id, model])).values()];
      const usable = models.filter(isUsable).map(catalogModel);
      usable.sort((a, b) => (a.name < b.name ? -1 : 1));
      const unpriced = usable.filter((model) => model.pricing === undefined).length;
      console.log(`${vendor}: ${usable.length} models, ${unpriced} unpriced, ${models.length - usable.length} left out`);
      return `    ${JSON.stringify(vendor)}: [\n${usable.map((model) => `      ${JSON.stringify(model)}`).join(',\n')}\n    ]`;
    });
  const [source, date] = /^(.*?),? of (\d{4}-\d{2}-\d{2})/.exec(file.source)?.slice(1) ?? [file.source, 'unknown'];
  const head = { source, date, licence: 'MIT, see LICENSE.models', unit: 'USD per million tokens' };
  const lines = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
  writeFileSync(new URL('models.json', catalog), `{\n${lines.join('')}  "vendors": {\n${vendors.join(',\n')}\n  }\n}\n`);
  writeFileSync(new URL('LICENSE.models', catalog), readFileSync(licencePath, 'utf8'));
}

main(process.argv.slice(2));
