import type { PolicyTarget, ResourceKey } from '@headgate/crds';
import type { CompiledProvider } from './compile-provider.ts';
import { fieldsOf, integerOf, listOf, textOf } from './fields.ts';
import { quoted } from './findings.ts';
import { isNamespaceName, isObjectName } from './object-identity.ts';
import type { ObjectScope } from './object-scope.ts';
import type { MissingModel } from './provider-offer.ts';

const MAX_TARGETS = 16;

/**
 * What the targets of policies are resolved against. A provider without `body` exists, but neither its present nor an
 * earlier form can be used.
 */
export type TargetSpace = ReadonlyMap<ResourceKey, CompiledProvider>;

/**
 * Compiles the targets of one rule. A target that leads nowhere is dropped with a finding; a rule left without targets
 * still takes its requests, which are then answered with 503 instead of going where nobody meant them to go.
 */
export function compileTargets(scope: ObjectScope, space: TargetSpace, rule: string, listed: unknown): readonly PolicyTarget[] {
  const targets = new Map<string, PolicyTarget>();
  for (const [i, entry] of listOf(listed, MAX_TARGETS).entries()) {
    const target = compileTarget(scope, space, `rule ${quoted(rule)}, target ${i}`, entry);
    if (target === undefined) continue;
    const id = `${target.provider} ${target.model}`;
    const twin = targets.get(id);
    if (twin !== undefined)
      scope.findings.note(`rule ${quoted(rule)} lists ${quoted(target.model)} of the same provider twice: the weights are added`);
    targets.set(id, twin === undefined ? target : { ...twin, weight: twin.weight + target.weight });
  }
  return [...targets.values()];
}

function compileTarget(scope: ObjectScope, space: TargetSpace, place: string, entry: unknown): PolicyTarget | undefined {
  const { findings } = scope;
  const fields = fieldsOf(entry);
  const reference = fieldsOf(fields['provider']);
  const model = textOf(fields['model']);
  const namespace = reference['namespace'] ?? scope.namespace;
  const name = reference['name'];
  if (model === undefined || !isNamespaceName(namespace) || !isObjectName(name)) {
    findings.partial(`${place} must name a provider and a model; it is left out`);
    return undefined;
  }
  const key: ResourceKey = `provider/${namespace}/${name}`;
  const provider = space.get(key);
  const providerName = quoted(`${namespace}/${name}`);
  if (namespace !== scope.namespace && provider?.mayRouteFrom(scope.namespace) !== true) {
    // One message for both cases: policies must not tell what exists in other namespaces.
    const remedy = `\`allowedNamespaces\` of that ModelProvider must admit namespace ${quoted(scope.namespace)}`;
    findings.unresolved(
      'RefNotPermitted',
      `${place}: ModelProvider ${providerName} does not exist or is not open to this namespace; ${remedy}`,
    );
    return undefined;
  }
  if (provider?.body === undefined) {
    const why = provider === undefined ? 'does not exist' : 'is not accepted; see its conditions';
    findings.unresolved('ProviderNotFound', `${place}: ModelProvider ${providerName} ${why}`);
    return undefined;
  }
  const facts = provider.offer.find(model);
  if (facts?.pricing === undefined && provider.offer.refusesUnpriced) {
    const remedy = `add it to \`models\` with \`pricing\`, or set \`unpriced\` to Allow`;
    findings.unresolved(
      'ModelNotFound',
      `${place}: ModelProvider ${providerName} refuses unpriced models and no price is known for ${quoted(model)}; ${remedy}`,
    );
    return undefined;
  }
  const missing = provider.offer.discovery?.missing(model);
  if (missing !== undefined) findings.unresolved('ModelNotFound', `${place}: ModelProvider ${providerName} ${notListed(model, missing)}`);
  else if (facts === undefined)
    findings.note(`${place}: model ${quoted(model)} is not in the catalogue; it is routed without known price or capabilities`);
  return { provider: key, model, weight: integerOf(fields['weight'], 0, 1_000_000) ?? 1, ...(facts === undefined ? {} : { facts }) };
}

/** It is routed all the same: lists leave out aliases and models that are on their way out, and the provider may know it. */
function notListed(model: string, { listed, closest }: MissingModel): string {
  const meant = closest === undefined ? '' : `, did you mean ${quoted(closest)}?`;
  return `lists ${listed} models and ${quoted(model)} is not one of them${meant}; it is asked for it all the same; give it an entry in \`models\` if it is right`;
}
