import type { RuleMatch } from '@headgate/crds';
import type { CallFacts } from '../wire/call-facts.ts';
import { compileKeywords } from './compile-keywords.ts';

type Predicate = (facts: CallFacts) => boolean;

/**
 * The predicate of a rule, compiled once per table: every present field must hold. `policyNamespace` is where consumer
 * names without a namespace belong to.
 */
export function compileRuleMatch(match: RuleMatch | undefined, policyNamespace: string): Predicate {
  if (match === undefined) return always;
  const predicates = [
    matchHeaders(match),
    matchConsumers(match, policyNamespace),
    matchKeywords(match),
    matchInputTokens(match),
    matchTools(match),
    matchModalities(match),
  ].filter((predicate) => predicate !== undefined);
  const [first = always] = predicates;
  return predicates.length <= 1 ? first : (facts) => predicates.every((predicate) => predicate(facts));
}

function always(): boolean {
  return true;
}

function matchHeaders({ headers }: RuleMatch): Predicate | undefined {
  if (headers === undefined || headers.length === 0) return undefined;
  const wanted = headers.map((header) => ({ ...header, name: header.name.toLowerCase() }));
  return (facts) =>
    wanted.every(({ name, value, type }) =>
      hasHeader(facts.rawHeaders, name, (actual) => (type === 'Exact' ? actual === value : actual.startsWith(value))),
    );
}

/** Any header of that name may hold the value: a name can occur more than once. */
function hasHeader(rawHeaders: readonly string[], lowerCaseName: string, accepts: (value: string) => boolean): boolean {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName && accepts(rawHeaders[i + 1] ?? '')) return true;
  }
  return false;
}

function matchConsumers({ consumers }: RuleMatch, policyNamespace: string): Predicate | undefined {
  if (consumers === undefined) return undefined;
  const ids = consumers.names && new Set(consumers.names.map((name) => (name.includes('/') ? name : `${policyNamespace}/${name}`)));
  const tiers = consumers.tiers && new Set(consumers.tiers);
  const labels = Object.entries(consumers.matchLabels ?? {});
  return ({ consumer }) =>
    consumer !== undefined &&
    (ids === undefined || ids.has(consumer.id)) &&
    (tiers === undefined || (consumer.tier !== undefined && tiers.has(consumer.tier))) &&
    labels.every(([name, value]) => Object.hasOwn(consumer.labels, name) && consumer.labels[name] === value);
}

function matchKeywords({ keywords }: RuleMatch): Predicate | undefined {
  if (keywords === undefined || keywords.length === 0) return undefined;
  const occurs = compileKeywords(keywords);
  return (facts) => occurs(facts.lastUserText);
}

function matchInputTokens({ inputTokens }: RuleMatch): Predicate | undefined {
  if (inputTokens === undefined) return undefined;
  const { min = 0, max = Number.POSITIVE_INFINITY } = inputTokens;
  return (facts) => facts.inputTokens >= min && facts.inputTokens <= max;
}

function matchTools({ tools }: RuleMatch): Predicate | undefined {
  if (tools === undefined) return undefined;
  const wanted = tools === 'Present';
  return (facts) => facts.hasTools === wanted;
}

function matchModalities({ modalities }: RuleMatch): Predicate | undefined {
  if (modalities === undefined || modalities.length === 0) return undefined;
  const image = modalities.includes('Image');
  const audio = modalities.includes('Audio');
  const file = modalities.includes('File');
  // Every chat call and every embedding holds text: 'Text' alone excludes nothing.
  return (facts) => (!image || facts.hasImages) && (!audio || facts.hasAudio) && (!file || facts.hasFiles);
}
