import type { PolicyResilience, PolicyResource, PolicyRule, StrategyType } from '@headgate/crds';
import { readAccess } from './access.ts';
import { compileMatch } from './compile-match.ts';
import { compileTargets, type TargetSpace } from './compile-targets.ts';
import { choiceOf, fieldsOf, integerOf, listOf, textOf } from './fields.ts';
import { type Findings, quoted } from './findings.ts';
import { readModelMatches } from './model-match.ts';
import type { IdentifiedObject } from './object-identity.ts';
import type { ObjectScope } from './object-scope.ts';

const MAX_RULES = 16;
const STRATEGIES: readonly StrategyType[] = ['Priority', 'RoundRobin', 'Weighted', 'LeastBusy', 'Latency', 'Cost'];

/** Compiles one RoutePolicy, with every name it claims; `undefined` when it cannot be used as a whole. */
export function compilePolicy(scope: ObjectScope, space: TargetSpace, object: IdentifiedObject): PolicyResource | undefined {
  const { findings } = scope;
  const spec = fieldsOf(object.spec);
  const models = readModelMatches(spec['models'], 'models', findings);
  if (models.length === 0) findings.invalid('`models` must hold at least one usable name');
  const access = readAccess(scope.namespace, spec['access'], findings);
  const rules = compileRules(scope, space, spec['rules']);
  if (rules.length === 0) findings.invalid('`rules` must hold at least one usable rule');
  const body: PolicyResource = {
    type: 'policy',
    ...object.identity,
    createdAt: object.createdAt,
    models,
    access,
    rules,
    resilience: readResilience(spec['resilience'], findings),
    onLossy: choiceOf(spec['onLossy'], ['Warn', 'Refuse']) ?? 'Warn',
  };
  return findings.usable ? body : undefined;
}

function compileRules(scope: ObjectScope, space: TargetSpace, listed: unknown): readonly PolicyRule[] {
  const { findings } = scope;
  const rules = new Map<string, PolicyRule>();
  for (const [i, entry] of listOf(listed, MAX_RULES).entries()) {
    const fields = fieldsOf(entry);
    const name = textOf(fields['name'], 63);
    if (name === undefined || rules.has(name)) {
      findings.partial(`\`rules[${i}]\` must have a name of its own; it is left out`);
      continue;
    }
    const compiled = compileMatch(fields['match']);
    if (compiled.type === 'broken') {
      findings.partial(`rule ${quoted(name)}: \`${compiled.field}\` cannot be understood, so the rule is left out`);
      continue;
    }
    const { match } = compiled;
    const targets = compileTargets(scope, space, name, fields['targets']);
    if (targets.length === 0) findings.note(`rule ${quoted(name)} has no usable target: its requests are answered with 503`);
    rules.set(name, {
      name,
      ...(match === undefined ? {} : { match }),
      strategy: readStrategy(name, fields['strategy'], findings),
      targets,
    });
  }
  return [...rules.values()];
}

function readStrategy(rule: string, spec: unknown, findings: Findings): StrategyType {
  const given = fieldsOf(spec)['type'];
  if (given === undefined || given === null) return 'Priority';
  const strategy = choiceOf(given, STRATEGIES);
  if (strategy === undefined) findings.partial(`rule ${quoted(rule)}: \`strategy.type\` ${quoted(given)} is not known; Priority is used`);
  return strategy ?? 'Priority';
}

function readResilience(spec: unknown, findings: Findings): PolicyResilience {
  const fields = fieldsOf(spec);
  const integer = (name: string, min: number, max: number, fallback: number): number => {
    if (fields[name] === undefined || fields[name] === null) return fallback;
    const value = integerOf(fields[name], min, max);
    if (value === undefined) findings.partial(`\`resilience.${name}\` must be a whole number of ${min} to ${max}; ${fallback} is used`);
    return value ?? fallback;
  };
  return {
    attempts: integer('attempts', 1, 10, 3),
    budgetPercent: integer('retryBudgetPercent', 0, 100, 20),
    whenAllOpen: choiceOf(fields['whenAllOpen'], ['LeastBad', 'Fail']) ?? 'LeastBad',
  };
}
