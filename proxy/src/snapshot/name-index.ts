import type { ModelMatch, PolicyResource } from '@headgate/crds';
import { ShardedMap } from './sharded-map.ts';

/** Policies by one name or prefix, the winner first. */
type Claims = ShardedMap<readonly PolicyResource[]>;
type ClaimChanges = Map<string, readonly PolicyResource[] | undefined>;

/**
 * Model names -> policies. A look-up costs one map access for an exact name and at most one per distinct prefix length,
 * however many policies there are. Immutable: `withChanges` shares everything but the lists of the names that changed.
 */
export class NameIndex {
  static readonly empty: NameIndex = new NameIndex(ShardedMap.empty(), ShardedMap.empty(), new Map());

  readonly #exact: Claims;
  readonly #prefixes: Claims;
  /** How many prefixes have each length. */
  readonly #countByLength: ReadonlyMap<number, number>;
  /** Distinct prefix lengths, longest first. */
  readonly #prefixLengths: readonly number[];

  private constructor(exact: Claims, prefixes: Claims, countByLength: ReadonlyMap<number, number>) {
    this.#exact = exact;
    this.#prefixes = prefixes;
    this.#countByLength = countByLength;
    this.#prefixLengths = [...countByLength.keys()].sort((a, b) => b - a);
  }

  get isEmpty(): boolean {
    return this.#exact.size === 0 && this.#prefixes.size === 0;
  }

  exactNames(): Iterable<string> {
    return this.#exact.keys();
  }

  /** Precedence: exact before prefix, longer prefix first, then the older policy, then `namespace/name`. */
  find(name: string, accepts: (policy: PolicyResource) => boolean): PolicyResource | undefined {
    const exact = this.#exact.get(name)?.find(accepts);
    if (exact !== undefined) return exact;
    for (const length of this.#prefixLengths) {
      if (length > name.length) continue;
      const found = this.#prefixes.get(name.slice(0, length))?.find(accepts);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  withChanges(removed: readonly PolicyResource[], added: readonly PolicyResource[]): NameIndex {
    if (removed.length === 0 && added.length === 0) return this;
    const exact: ClaimChanges = new Map();
    const prefixes: ClaimChanges = new Map();
    const change = (match: ModelMatch, edit: (claims: readonly PolicyResource[]) => readonly PolicyResource[]): void => {
      const [changes, claims] = match.type === 'Exact' ? [exact, this.#exact] : [prefixes, this.#prefixes];
      const name = match.type === 'Exact' ? match.name : match.prefix;
      const edited = edit((changes.has(name) ? changes.get(name) : claims.get(name)) ?? []);
      changes.set(name, edited.length === 0 ? undefined : edited);
    };
    for (const policy of removed) for (const match of policy.models) change(match, (claims) => claims.filter((claim) => claim !== policy));
    for (const policy of added) for (const match of policy.models) change(match, (claims) => [...claims, policy].sort(compareClaims));
    return new NameIndex(this.#exact.edited(exact), this.#prefixes.edited(prefixes), this.#countLengths(prefixes));
  }

  #countLengths(changes: ClaimChanges): ReadonlyMap<number, number> {
    const counts = new Map(this.#countByLength);
    for (const [prefix, claims] of changes) {
      const before = this.#prefixes.has(prefix) ? 1 : 0;
      const count = (counts.get(prefix.length) ?? 0) + (claims === undefined ? 0 : 1) - before;
      if (count === 0) counts.delete(prefix.length);
      else counts.set(prefix.length, count);
    }
    return counts;
  }
}

/** The older policy first; of the same age, the smaller `namespace/name`. */
function compareClaims(a: PolicyResource, b: PolicyResource): number {
  const age = compareText(a.createdAt, b.createdAt);
  return age !== 0 ? age : compareText(`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
