import type { ResourceBody, ResourceKey } from '@headgate/crds';
import type { ProviderOffer } from './provider-offer.ts';

/** What compile() returns for a world: total, deterministic, independent of the order of the inputs. */
export interface Compilation {
  readonly resources: ReadonlyMap<ResourceKey, ResourceBody>;
  /** One entry per object of the world, also when there is nothing to complain about. */
  readonly diagnostics: ReadonlyMap<ResourceKey, ObjectDiagnostics>;
  /** What each provider of the world has. */
  readonly offers: ReadonlyMap<ResourceKey, ProviderOffer>;
}

/** Feeds the conditions Accepted, ResolvedRefs and Conflicted; Programmed, Healthy and Ready come from the proxies. */
export interface ObjectDiagnostics {
  readonly key: ResourceKey;
  readonly generation: number;
  readonly accepted: Verdict;
  readonly resolvedRefs: Verdict;
  /** Present only when another policy holds a name this one claims. */
  readonly conflicted?: Verdict;
}

export interface Verdict {
  readonly status: 'True' | 'False';
  /** A reason of crds/src/conditions.ts. */
  readonly reason: string;
  /** What is wrong, where and what to do; several findings joined by "; ". */
  readonly message: string;
}
