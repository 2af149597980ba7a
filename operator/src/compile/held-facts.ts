import type { ObjectIdentity, ProviderModel, ResourceBody, ResourceKey } from '@headgate/crds';

type Published = ReadonlyMap<ResourceKey, ResourceBody>;
type FindFacts = (model: string) => ProviderModel | undefined;

const NONE: FindFacts = () => undefined;

/**
 * What the published table says of models at a provider. It stands in for the provider's list until a proxy has told it:
 * after a change of the leader the table must not lose what the leader before knew from lists.
 */
export class HeldFacts {
  readonly #published: Published;
  /** By provider, then model; made when first asked for. */
  #facts: ReadonlyMap<ResourceKey, ReadonlyMap<string, ProviderModel>> | undefined;

  constructor(published: Published | undefined) {
    this.#published = published ?? new Map();
  }

  /** Nothing where the provider was edited since: what its older form said must not come back. */
  of(key: ResourceKey, { uid, generation }: ObjectIdentity): FindFacts {
    const body = this.#published.get(key);
    if (body?.type !== 'provider' || body.uid !== uid || body.generation !== generation) return NONE;
    return (model) => {
      this.#facts ??= factsOfTargets(this.#published);
      return this.#facts.get(key)?.get(model);
    };
  }
}

function factsOfTargets(published: Published): ReadonlyMap<ResourceKey, ReadonlyMap<string, ProviderModel>> {
  const facts = new Map<ResourceKey, Map<string, ProviderModel>>();
  for (const body of published.values()) {
    for (const rule of body.type === 'policy' ? body.rules : []) {
      for (const target of rule.targets) {
        if (target.facts === undefined) continue;
        const ofProvider = facts.get(target.provider) ?? new Map<string, ProviderModel>();
        facts.set(target.provider, ofProvider.set(target.model, target.facts));
      }
    }
  }
  return facts;
}
