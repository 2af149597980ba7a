import type { RoutePolicyAccess, RoutePolicyRule, RoutePolicyRuleMatchInputTokens } from './kinds.gen.ts';
import { modelNameRule } from './model-name-rule.ts';
import { type Rule, rule } from './rule.ts';

const policy = <T>(path: string, message: string, holds: (value: T) => boolean): Rule => rule('RoutePolicy', path, message, holds);

/** Twins of the CEL rules of crds/manifests/routepolicies.yaml, in its order. */
export const POLICY_RULES: readonly Rule[] = [
  modelNameRule('RoutePolicy'),
  policy<RoutePolicyAccess>(
    'spec.access',
    '`selector` must be given exactly when `from` is Selector',
    ({ from, selector }) => (selector !== undefined) === (from === 'Selector'),
  ),
  policy<readonly RoutePolicyRule[]>(
    'spec.rules',
    '`rules` must have names that differ from each other',
    (rules) => new Set(rules.map(({ name }) => name)).size === rules.length,
  ),
  policy<RoutePolicyRule>(
    'spec.rules[]',
    'at least one target must have a `weight` above 0 when `strategy.type` is Weighted',
    ({ strategy, targets }) => strategy?.type !== 'Weighted' || targets.some(({ weight }) => (weight ?? 1) > 0),
  ),
  policy<RoutePolicyRuleMatchInputTokens>(
    'spec.rules[].match.inputTokens',
    '`inputTokens` must give `min`, `max` or both',
    ({ min, max }) => min !== undefined || max !== undefined,
  ),
  policy<RoutePolicyRuleMatchInputTokens>(
    'spec.rules[].match.inputTokens',
    '`min` must not be above `max`',
    ({ min, max }) => min === undefined || max === undefined || min <= max,
  ),
];
