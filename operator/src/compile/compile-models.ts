import { CAPABILITIES, type Capability, type CatalogModel, type ModelPricing, type PricingTier, type ProviderModel } from '@headgate/crds';
import { choiceOf, type Fields, fieldsOf, integerOf, isFields, listOf, textOf } from './fields.ts';
import { Findings, quoted } from './findings.ts';
import { nanoUsd, nanoUsdPerToken } from './prices.ts';

const MAX_MODELS = 128;
const MAX_TOKENS = 100_000_000;
const FACTS = ['capabilities', 'contextWindow', 'maxOutputTokens', 'pricing'];

/** What a provider object says about models itself. */
export interface DeclaredModels {
  /** Entries of one model, by name; what they leave out comes from the longest pattern, then from the catalogue. */
  readonly exact: ReadonlyMap<string, ProviderModel>;
  /** Entries with `discover`, the longest first. */
  readonly patterns: readonly ModelPattern[];
}

/** An entry about every model whose name begins so. */
export interface ModelPattern {
  readonly prefix: string;
  /** What it says, and nothing else. */
  readonly fields: Fields;
}

/**
 * Merges `spec.models` over the catalogue. Empty capabilities mean that nothing is known, so nothing is filtered by
 * them; a price that cannot be read makes the model unpriced, never free.
 */
export function compileModels(
  listed: unknown,
  findCatalogued: (name: string) => CatalogModel | undefined,
  findings: Findings,
): DeclaredModels {
  const named = namedEntries(listed, findings);
  const patterns = [...named]
    .filter(([, fields]) => fields['discover'] === true)
    .map(([name, fields]) => ({ prefix: name.slice(0, -1), fields: given(fields) }))
    .sort((a, b) => b.prefix.length - a.prefix.length || (a.prefix < b.prefix ? -1 : 1));
  // Read once for what has to be said about it.
  for (const { prefix, fields } of patterns) readModel(`${prefix}*`, fields, findings);
  const exact = [...named]
    .filter(([, fields]) => fields['discover'] !== true)
    .map(([name, fields]): [string, ProviderModel] => {
      const pattern = patterns.find(({ prefix }) => name.startsWith(prefix))?.fields;
      return [name, readModel(name, { ...findCatalogued(name), ...pattern, ...given(fields) }, findings)];
    });
  return { exact: new Map(exact), patterns };
}

/** The longest pattern that a name matches. */
export function patternOf({ patterns }: DeclaredModels, name: string): ModelPattern | undefined {
  return patterns.find(({ prefix }) => name.startsWith(prefix));
}

/** Entries whose name can be used, by name. */
function namedEntries(listed: unknown, findings: Findings): ReadonlyMap<string, Fields> {
  const models = new Map<string, Fields>();
  for (const [i, entry] of listOf(listed, MAX_MODELS).entries()) {
    const fields = fieldsOf(entry);
    const name = textOf(fields['name']);
    if (name === undefined || /\s/.test(name) || models.has(name)) {
      findings.partial(`\`models[${i}]\` must have a name of its own without white space; it is left out`);
      continue;
    }
    if (fields['discover'] === true ? !/^[^*]*\*$/.test(name) : name.includes('*')) {
      findings.partial(`\`models[${i}]\` must have \`*\` at the end of its name with \`discover\`, and nowhere without; it is left out`);
      continue;
    }
    models.set(name, fields);
  }
  return models;
}

/** A model that has no entry of its own, in the form of the routing table; undefined when nothing is said about it. */
export function compileCatalogued(
  name: string,
  catalogued: CatalogModel | undefined,
  pattern: ModelPattern | undefined,
): ProviderModel | undefined {
  const said = FACTS.some((fact) => pattern?.fields[fact] !== undefined);
  return catalogued === undefined && !said ? undefined : readModel(name, { ...catalogued, ...pattern?.fields }, new Findings());
}

function readModel(name: string, fields: Fields, findings: Findings): ProviderModel {
  const contextWindow = integerOf(fields['contextWindow'], 1, MAX_TOKENS);
  const maxOutputTokens = integerOf(fields['maxOutputTokens'], 1, MAX_TOKENS);
  const pricing = isFields(fields['pricing']) ? readPricing(name, fields['pricing'], findings) : undefined;
  return {
    name,
    capabilities: readCapabilities(fields['capabilities']),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(pricing === undefined ? {} : { pricing }),
  };
}

/** The members that are there and not null: those that override the catalogue. An empty list says nothing. */
function given(fields: Fields): Fields {
  const members = Object.entries(fields).filter(
    ([, value]) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(members);
}

/** Those of the words that are capabilities, in their order. */
export function readCapabilities(listed: unknown): readonly Capability[] {
  const named = listOf(listed, CAPABILITIES.length).map((entry) => choiceOf(entry, CAPABILITIES));
  return CAPABILITIES.filter((capability) => named.includes(capability));
}

function readPricing(model: string, fields: Fields, findings: Findings): ModelPricing | undefined {
  const base = readRates(fields);
  const perRequest = fields['perRequest'] ?? undefined;
  const perRequestNanoUsd = nanoUsd(perRequest);
  const tiers = listOf(fields['tiers'], 8).map((entry) => readTier(fieldsOf(entry)));
  const broken = base === undefined || tiers.includes(undefined) || (perRequest !== undefined && perRequestNanoUsd === undefined);
  if (broken) {
    findings.partial(`\`pricing\` of model ${quoted(model)} must hold USD amounts such as "2.50"; the model counts as unpriced`);
    return undefined;
  }
  const known = tiers.filter((tier) => tier !== undefined).sort((a, b) => a.aboveInputTokens - b.aboveInputTokens);
  return {
    ...base,
    ...(perRequestNanoUsd === undefined ? {} : { perRequestNanoUsd }),
    ...(known.length === 0 ? {} : { tiers: known }),
  };
}

function readTier(fields: Fields): PricingTier | undefined {
  const aboveInputTokens = integerOf(fields['aboveInputTokens'], 1, MAX_TOKENS);
  const rates = readRates(fields);
  return aboveInputTokens === undefined || rates === undefined ? undefined : { aboveInputTokens, ...rates };
}

/** The four prices per token; `undefined` when one is missing that must be there, or is not an amount. */
function readRates(fields: Fields): Omit<PricingTier, 'aboveInputTokens'> | undefined {
  const inputNanoUsd = nanoUsdPerToken(fields['inputPerMTok']);
  const outputNanoUsd = nanoUsdPerToken(fields['outputPerMTok']);
  const cachedInputNanoUsd = optionalRate(fields['cachedInputPerMTok']);
  const cacheWriteNanoUsd = optionalRate(fields['cacheWritePerMTok']);
  if (inputNanoUsd === undefined || outputNanoUsd === undefined || cachedInputNanoUsd === null || cacheWriteNanoUsd === null)
    return undefined;
  return {
    inputNanoUsd,
    outputNanoUsd,
    ...(cachedInputNanoUsd === undefined ? {} : { cachedInputNanoUsd }),
    ...(cacheWriteNanoUsd === undefined ? {} : { cacheWriteNanoUsd }),
  };
}

/** undefined = not given, null = given but not an amount. */
function optionalRate(value: unknown): number | undefined | null {
  return value === undefined || value === null ? undefined : (nanoUsdPerToken(value) ?? null);
}
