import type { ProviderModel } from '@headgate/crds';

/** What a provider has, as policies see it. */
export interface ProviderOffer {
  /** What is known about a model: the object's own words over the catalogue over the provider's list; undefined = nothing. */
  readonly find: (model: string) => ProviderModel | undefined;
  /** True: models without a known price are not offered. */
  readonly refusesUnpriced: boolean;
  /** Undefined: the provider is not asked which models it has. */
  readonly discovery: Discovery | undefined;
}

export interface Discovery {
  /** Names that the provider lists and an entry with `discover` is about, sorted; undefined: no list has come yet. */
  readonly names: () => readonly string[] | undefined;
  /** Set when an entry with `discover` is about the name, but neither the object, the catalogue nor the list has the model. */
  readonly missing: (model: string) => MissingModel | undefined;
}

export interface MissingModel {
  /** Models in the list. */
  readonly listed: number;
  /** A name of the list that may have been meant. */
  readonly closest: string | undefined;
}
