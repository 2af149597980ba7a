import type { CatalogModel, ListedModel, ProviderModel } from '@headgate/crds';
import type { ModelListing } from '../collect/world.ts';
import { closestName } from './closest-name.ts';
import { compileCatalogued, type DeclaredModels, patternOf, readCapabilities } from './compile-models.ts';
import type { Discovery, MissingModel, ProviderOffer } from './provider-offer.ts';

/** A suggestion compares with every name of the list, up to 60 ms each where names are chosen for it; the first ones are enough. */
const MAX_SUGGESTIONS = 16;

export interface OfferInputs {
  readonly declared: DeclaredModels;
  readonly findCatalogued: (name: string) => CatalogModel | undefined;
  readonly refusesUnpriced: boolean;
  /** Absent: the provider is not asked. `listing` absent: no list has come yet, `held` stands in for it. */
  readonly discovery?: { readonly listing: ModelListing | undefined; readonly held: (model: string) => ProviderModel | undefined };
}

/** Look-ups are kept, because thousands of policies ask one provider for the same few models. */
export function modelOffer(inputs: OfferInputs): ProviderOffer {
  const known = new Map<string, ProviderModel | undefined>();
  return {
    find: (model) => {
      if (!known.has(model)) known.set(model, findModel(model, inputs));
      return known.get(model);
    },
    refusesUnpriced: inputs.refusesUnpriced,
    discovery: inputs.discovery === undefined ? undefined : discoveryOf(inputs, inputs.discovery.listing),
  };
}

function findModel(name: string, { declared, findCatalogued, discovery }: OfferInputs): ProviderModel | undefined {
  const own = declared.exact.get(name) ?? compileCatalogued(name, findCatalogued(name), patternOf(declared, name));
  const listed =
    discovery === undefined ? undefined : discovery.listing === undefined ? discovery.held(name) : find(discovery.listing, name);
  return listed === undefined ? own : completed(own ?? { name, capabilities: [] }, listed);
}

/** Ollama lists `llama3:latest` for what is called `llama3`. */
function find(listing: ModelListing, name: string): ListedModel | undefined {
  return listing.get(name) ?? listing.get(`${name}:latest`);
}

/** The list says what nobody else says. */
function completed(own: ProviderModel, listed: ListedModel): ProviderModel {
  const contextWindow = own.contextWindow ?? listed.contextWindow;
  const maxOutputTokens = own.maxOutputTokens ?? listed.maxOutputTokens;
  const pricing = own.pricing ?? listed.pricing;
  return {
    name: own.name,
    capabilities: own.capabilities.length > 0 ? own.capabilities : readCapabilities(listed.capabilities),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(pricing === undefined ? {} : { pricing }),
  };
}

function discoveryOf({ declared, findCatalogued }: OfferInputs, listing: ModelListing | undefined): Discovery {
  let names: readonly string[] | undefined;
  const missing = new Map<string, MissingModel>();
  return {
    names: () => {
      if (listing !== undefined) names ??= [...listing.keys()].filter((name) => patternOf(declared, name) !== undefined);
      return names;
    },
    missing: (model) => {
      if (listing === undefined || patternOf(declared, model) === undefined) return undefined;
      if (declared.exact.has(model) || findCatalogued(model) !== undefined || find(listing, model) !== undefined) return undefined;
      const closest = (): string | undefined => (missing.size < MAX_SUGGESTIONS ? closestName(model, listing.keys()) : undefined);
      const known = missing.get(model) ?? { listed: listing.size, closest: closest() };
      missing.set(model, known);
      return known;
    },
  };
}
