import { CONSUMER_RULES } from './consumer-rules.ts';
import type { KindName } from './kind-name.ts';
import { POLICY_RULES } from './policy-rules.ts';
import { PROVIDER_RULES } from './provider-rules.ts';
import type { Rule } from './rule.ts';

/** Every rule of every kind; each is the twin of one CEL rule. */
export const RULES: readonly Rule[] = [...PROVIDER_RULES, ...POLICY_RULES, ...CONSUMER_RULES];

export interface RuleViolation {
  /** Of the value at fault, e.g. `spec.headers[0]`. */
  readonly path: string;
  readonly message: string;
}

/**
 * The rules that an object breaks, in the order of the manifests. Expects an object that has its defaults and is valid
 * against the schema (applyDefaults, validateObject), as the API server does before it evaluates CEL.
 */
export function checkRules(kind: KindName, object: unknown): readonly RuleViolation[] {
  return RULES.filter((rule) => rule.kind === kind).flatMap(({ path, message, holds }) =>
    valuesAt(object, path)
      .filter((found) => !holds(found.value))
      .map((found) => ({ path: found.path, message })),
  );
}

interface Found {
  readonly path: string;
  readonly value: unknown;
}

/** Values at `spec.rules[].match`, each with its own path; absent ones are left out. */
function valuesAt(object: unknown, path: string): readonly Found[] {
  const steps = path.replaceAll('[]', '.[]').split('.');
  return steps.reduce<readonly Found[]>(
    (found, step) => found.flatMap((parent) => childrenAt(parent, step)),
    [{ path: '', value: object }],
  );
}

function childrenAt({ path, value }: Found, step: string): readonly Found[] {
  if (step === '[]') return Array.isArray(value) ? value.map((item: unknown, index) => ({ path: `${path}[${index}]`, value: item })) : [];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [];
  const child: unknown = Object.entries(value).find(([key]) => key === step)?.[1];
  return child === undefined ? [] : [{ path: path === '' ? step : `${path}.${step}`, value: child }];
}
