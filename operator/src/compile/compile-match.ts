import type { RuleMatch } from '@headgate/crds';
import { choiceOf, type Fields, fieldsOf, integerOf, isFields, listOf, textOf } from './fields.ts';
import { selectorLabels } from './selectors.ts';

const MAX_LIST = 64;
const MAX_TOKENS = 100_000_000;
const MODALITIES = ['Text', 'Image', 'Audio', 'File'] as const;

export type CompiledMatch =
  /** `match` absent: the rule takes every request. */
  | { readonly type: 'usable'; readonly match?: RuleMatch }
  /** A condition cannot be understood. Leaving it out would let the rule take requests it was not written for. */
  | { readonly type: 'broken'; readonly field: string };

/** Stands for a condition that is given but malformed. */
const BROKEN = Symbol('broken');
type Condition<T> = T | undefined | typeof BROKEN;

/** Compiles the `match` of a rule. An empty list or object is no condition. */
export function compileMatch(spec: unknown): CompiledMatch {
  if (spec === undefined || spec === null) return { type: 'usable' };
  if (!isFields(spec)) return { type: 'broken', field: 'match' };
  const conditions = {
    headers: readHeaders(spec['headers']),
    consumers: readConsumers(spec['consumers']),
    keywords: readTexts(spec['keywords'], 128),
    inputTokens: readInputTokens(spec['inputTokens']),
    tools: readTools(spec['tools']),
    modalities: readModalities(spec['modalities']),
  };
  const broken = Object.entries(conditions).find(([, condition]) => condition === BROKEN);
  if (broken !== undefined) return { type: 'broken', field: `match.${broken[0]}` };
  const given = Object.entries(conditions).filter(([, condition]) => condition !== undefined);
  return given.length === 0 ? { type: 'usable' } : { type: 'usable', match: Object.fromEntries(given) as RuleMatch };
}

function readHeaders(value: unknown): Condition<RuleMatch['headers']> {
  const entries = readList(value);
  if (entries === undefined || entries === BROKEN) return entries;
  const headers = entries.map((entry) => {
    const fields = fieldsOf(entry);
    const name = textOf(fields['name'], 128)?.toLowerCase();
    const text = fields['value'];
    const type = fields['type'] === undefined || fields['type'] === null ? 'Exact' : choiceOf(fields['type'], ['Exact', 'Prefix']);
    if (name === undefined || typeof text !== 'string' || text.length > 1024 || type === undefined) return undefined;
    return { name, value: text, type };
  });
  return complete(headers);
}

function readConsumers(value: unknown): Condition<RuleMatch['consumers']> {
  if (value === undefined || value === null) return undefined;
  if (!isFields(value)) return BROKEN;
  const names = readTexts(value['names'], 253);
  const tiers = readTexts(value['tiers'], 63);
  const matchLabels = readSelector(value);
  if (names === BROKEN || tiers === BROKEN || matchLabels === BROKEN) return BROKEN;
  if (names === undefined && tiers === undefined && matchLabels === undefined) return undefined;
  return {
    ...(names === undefined ? {} : { names }),
    ...(tiers === undefined ? {} : { tiers }),
    ...(matchLabels === undefined ? {} : { matchLabels }),
  };
}

function readSelector(fields: Fields): Condition<Readonly<Record<string, string>>> {
  if (fields['selector'] === undefined || fields['selector'] === null) return undefined;
  return selectorLabels(fields) ?? BROKEN;
}

function readInputTokens(value: unknown): Condition<RuleMatch['inputTokens']> {
  if (value === undefined || value === null) return undefined;
  const fields = fieldsOf(value);
  const min = readBound(fields['min']);
  const max = readBound(fields['max']);
  if (!isFields(value) || min === BROKEN || max === BROKEN || (min !== undefined && max !== undefined && min > max)) return BROKEN;
  if (min === undefined && max === undefined) return undefined;
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

function readBound(value: unknown): Condition<number> {
  if (value === undefined || value === null) return undefined;
  return integerOf(value, 0, MAX_TOKENS) ?? BROKEN;
}

function readTools(value: unknown): Condition<RuleMatch['tools']> {
  if (value === undefined || value === null) return undefined;
  return choiceOf<'Present' | 'Absent'>(value, ['Present', 'Absent']) ?? BROKEN;
}

function readModalities(value: unknown): Condition<RuleMatch['modalities']> {
  const entries = readList(value);
  if (entries === undefined || entries === BROKEN) return entries;
  return complete(entries.map((entry) => choiceOf(entry, MODALITIES)));
}

function readTexts(value: unknown, limit: number): Condition<readonly string[]> {
  const entries = readList(value);
  if (entries === undefined || entries === BROKEN) return entries;
  return complete(entries.map((entry) => textOf(entry, limit)));
}

/** An empty list is no condition; a list beyond its limit is broken, because cutting it would change what it means. */
function readList(value: unknown): Condition<readonly unknown[]> {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length > MAX_LIST) return BROKEN;
  return value.length === 0 ? undefined : listOf(value, MAX_LIST);
}

function complete<T>(values: readonly (T | undefined)[]): readonly T[] | typeof BROKEN {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : BROKEN;
}
