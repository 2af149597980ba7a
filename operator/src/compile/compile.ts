import type { ResourceBody, ResourceKey } from '@headgate/crds';
import type { World } from '../collect/world.ts';
import type { Catalogue } from './catalogue.ts';
import { claimKeys } from './claim-keys.ts';
import { type ClaimOutcome, claimModels } from './claim-models.ts';
import type { Compilation, ObjectDiagnostics, Verdict } from './compilation.ts';
import { compileConsumer, type HashKey } from './compile-consumer.ts';
import { compilePolicy } from './compile-policy.ts';
import { type CompiledProvider, compileProvider } from './compile-provider.ts';
import type { TargetSpace } from './compile-targets.ts';
import { quoted } from './findings.ts';
import { HeldFacts } from './held-facts.ts';
import { modelMatchText } from './model-match.ts';
import { identifyObjects } from './object-identity.ts';
import { ObjectWork } from './object-work.ts';
import type { ProviderOffer } from './provider-offer.ts';

export interface CompileOptions {
  readonly catalogue: Catalogue;
  readonly hashKey: HashKey;
  /** Resources published before: an object whose present form is unusable keeps serving in its last good one. */
  readonly lastGood?: ReadonlyMap<ResourceKey, ResourceBody>;
}

/**
 * Compiles the world into the resources of the routing table and the diagnostics of every object. Total (whatever the
 * objects hold, one that cannot be compiled only fails itself), deterministic and independent of the order of the
 * inputs. Objects without a name that the API server would accept are ignored.
 */
export function compile(world: World, options: CompileOptions): Compilation {
  const output: Output = { resources: new Map(), diagnostics: new Map(), offers: new Map() };
  const providers = compileProviders(world, options, output);
  compilePolicies(world, options, providers, output);
  compileConsumers(world, options, output);
  const keySalt: unknown = world.keySalt;
  output.resources.set('settings', { type: 'settings', keySalt: typeof keySalt === 'string' ? keySalt : '' });
  return output;
}

interface Output {
  readonly resources: Map<ResourceKey, ResourceBody>;
  readonly diagnostics: Map<ResourceKey, ObjectDiagnostics>;
  readonly offers: Map<ResourceKey, ProviderOffer>;
}

function compileProviders(world: World, options: CompileOptions, output: Output): TargetSpace {
  const space = new Map<ResourceKey, CompiledProvider>();
  const sources = { catalogue: options.catalogue, held: new HeldFacts(options.lastGood) };
  for (const object of identifyObjects('provider', world.providers)) {
    const work = new ObjectWork(world, object);
    const compiled = work.guard((scope) => compileProvider(scope, sources, object)) ?? closedProvider(object.identity.namespace);
    const body = compiled.body ?? work.lastGood(options.lastGood, 'provider');
    space.set(object.key, { ...compiled, body });
    output.offers.set(object.key, compiled.offer);
    finish(work, body, output);
  }
  return space;
}

function compilePolicies(world: World, options: CompileOptions, providers: TargetSpace, output: Output): void {
  const works = identifyObjects('policy', world.policies).map((object) => {
    const work = new ObjectWork(world, object);
    const body = work.guard((scope) => compilePolicy(scope, providers, object));
    return { work, body: body ?? work.lastGood(options.lastGood, 'policy') };
  });
  const claims = claimModels(new Map(works.flatMap(({ work, body }) => (body === undefined ? [] : [[work.object.key, body]]))));
  for (const { work, body } of works) {
    const outcome = claims.get(work.object.key);
    const conflicted = outcome === undefined ? undefined : conflictVerdict(outcome);
    if (conflicted !== undefined && outcome?.kept.length === 0) work.findings.invalid('every name it claims is held by another policy');
    // A policy without names stays in the table: it is not lost, it only answers to nothing for now.
    finish(work, body === undefined ? undefined : { ...body, models: outcome?.kept ?? [] }, output, conflicted);
  }
}

function compileConsumers(world: World, options: CompileOptions, output: Output): void {
  const works = identifyObjects('consumer', world.consumers).map((object) => {
    const work = new ObjectWork(world, object);
    const body = work.guard((scope) => compileConsumer(scope, options.hashKey, object));
    return { work, body: body ?? work.lastGood(options.lastGood, 'consumer') };
  });
  const outcomes = claimKeys(works.flatMap(({ work, body }) => (body === undefined ? [] : [{ object: work.object, body }])));
  for (const { work, body } of works) {
    const outcome = outcomes.get(work.object.key);
    const winners = outcome?.winners ?? [];
    const names = winners.map((winner) => `ModelConsumer ${quoted(winner)}`).join(', ');
    const stillKnown = outcome !== undefined && outcome.kept.length > 0;
    if (winners.length > 0 && stillKnown) work.findings.partial(`a key is already held by ${names}; it does not identify this consumer`);
    if (winners.length > 0 && !stillKnown)
      work.findings.invalid(`its key is already held by ${names}; give every consumer a key of its own`);
    finish(work, body === undefined ? undefined : { ...body, keyHashes: outcome?.kept ?? [] }, output);
  }
}

function finish(work: ObjectWork, body: ResourceBody | undefined, output: Output, conflicted?: Verdict): void {
  const { key } = work.object;
  if (body !== undefined) output.resources.set(key, body);
  output.diagnostics.set(key, work.diagnostics(conflicted));
}

/** A provider whose compilation failed altogether: only its own namespace may know that it exists. */
function closedProvider(own: string): CompiledProvider {
  const offer: ProviderOffer = { find: () => undefined, refusesUnpriced: false, discovery: undefined };
  return { body: undefined, mayRouteFrom: (namespace) => namespace === own, offer };
}

function conflictVerdict({ lost }: ClaimOutcome): Verdict | undefined {
  if (lost.length === 0) return undefined;
  const shown = lost.slice(0, 8).map(({ match, winner }) => `${quoted(modelMatchText(match))} is held by RoutePolicy ${quoted(winner)}`);
  const more = lost.length > shown.length ? [`and ${lost.length - shown.length} more`] : [];
  return {
    status: 'True',
    reason: 'NameTaken',
    message: `${[...shown, ...more].join('; ')}: the older policy answers; rename one of them`,
  };
}
