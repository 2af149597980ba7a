import type { PolicyResource, PolicyRule, PolicyTarget, ProviderModel, ResourceKey } from '@headgate/crds';
import { findStrategy } from '../strategies/registry.ts';
import { type BuildOutcome, built, rejected } from './build-outcome.ts';
import { compileRuleMatch } from './compile-rule-match.ts';
import { endpointsOf } from './endpoints-of.ts';
import type { SignalStore } from './signal-store.ts';
import type { Policy, Provider, Rule, Target } from './snapshot.ts';

export interface PolicyContext {
  readonly providers: ReadonlyMap<ResourceKey, Provider>;
  readonly signals: SignalStore;
  /** The policy's form in the previous snapshot: its strategies' state goes on. */
  readonly previous: Policy | undefined;
}

/** A policy with its matchers compiled and its candidates in place. */
export function buildPolicy(key: ResourceKey, resource: PolicyResource, context: PolicyContext): BuildOutcome<Policy> {
  const unknown = resource.rules.find((rule) => findStrategy(rule.strategy) === undefined);
  if (unknown !== undefined) return rejected(`rule '${unknown.name}': this proxy has no strategy '${unknown.strategy}'`);
  return built({
    key,
    id: `${resource.namespace}/${resource.name}`,
    resource,
    rules: resource.rules.map((rule) => buildRule(rule, resource.namespace, context)),
    retryBudget: context.signals.retryBudget(key),
  });
}

/** Whether any target of the policy lies in one of these providers. */
export function targetsAny(policy: PolicyResource, providers: ReadonlySet<ResourceKey>): boolean {
  for (const rule of policy.rules) for (const target of rule.targets) if (providers.has(target.provider)) return true;
  return false;
}

function buildRule(rule: PolicyRule, policyNamespace: string, context: PolicyContext): Rule {
  const before = context.previous?.rules.find((candidate) => candidate.resource.name === rule.name);
  const targets = rule.targets.map((target) => buildTarget(target, context));
  const strategyState = before?.strategyState ?? { credit: new Map<string, number>() };
  const ids = new Set(targets.map((target) => target.id));
  for (const id of strategyState.credit.keys()) if (!ids.has(id)) strategyState.credit.delete(id);
  return {
    resource: rule,
    match: rule.match,
    // The same object means the policy was only linked anew to a changed provider.
    matches: before?.resource === rule ? before.matches : compileRuleMatch(rule.match, policyNamespace),
    targets,
    strategyState,
  };
}

function buildTarget(target: PolicyTarget, { providers, signals }: PolicyContext): Target {
  const provider = providers.get(target.provider);
  const model = target.facts ?? provider?.models.get(target.model) ?? unknownModel(target.model);
  return {
    resource: target,
    id: `${target.provider.replace(/^provider\//, '')}/${target.model}`,
    endpoints: provider === undefined ? [] : endpointsOf(provider, model, signals),
    weight: target.weight,
    model,
  };
}

/** Nothing is known: no filter by capability or window, and no price. */
function unknownModel(name: string): ProviderModel {
  return { name, capabilities: [] };
}
