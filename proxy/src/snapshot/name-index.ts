import type { PolicyResource } from '@headgate/crds';

/** Policies by one name or prefix, the winner first. */
type Claims = ReadonlyMap<string, readonly PolicyResource[]>;

/**
 * Model names -> policies. A look-up costs one map access for an exact name and at most one per distinct prefix length,
 * however many policies there are. Immutable: `withChanges` copies the maps (a shallow copy) and touches only the lists of
 * the names that changed.
 */
export class NameIndex {
  static readonly empty: NameIndex = new NameIndex(new Map(), new Map(), []);

  readonly exact: Claims;
  readonly #prefixes: Claims;
  /** Distinct prefix lengths, longest first. */
  readonly #prefixLengths: readonly number[];

  private constructor(exact: Claims, prefixes: Claims, prefixLengths: readonly number[]) {
    this.exact = exact;
    this.#prefixes = prefixes;
    this.#prefixLengths = prefixLengths;
  }

  get isEmpty(): boolean {
    return this.exact.size === 0 && this.#prefixes.size === 0;
  }

  /** Precedence: exact before prefix, longer prefix first, then the older policy, then `namespace/name`. */
  find(name: string, accepts: (policy: PolicyResource) => boolean): PolicyResource | undefined {
    const exact = this.exact.get(name)?.find(accepts);
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
    const exact = new Map(this.exact);
    const prefixes = new Map(this.#prefixes);
    for (const policy of removed) {
      for (const match of policy.models) {
        if (match.type === 'Exact') dropClaim(exact, match.name, policy);
        else dropClaim(prefixes, match.prefix, policy);
      }
    }
    for (const policy of added) {
      for (const match of policy.models) {
        if (match.type === 'Exact') addClaim(exact, match.name, policy);
        else addClaim(prefixes, match.prefix, policy);
      }
    }
    return new NameIndex(exact, prefixes, lengthsOf(prefixes));
  }
}

function dropClaim(claims: Map<string, readonly PolicyResource[]>, name: string, policy: PolicyResource): void {
  const rest = (claims.get(name) ?? []).filter((claim) => claim !== policy);
  if (rest.length === 0) claims.delete(name);
  else claims.set(name, rest);
}

function addClaim(claims: Map<string, readonly PolicyResource[]>, name: string, policy: PolicyResource): void {
  const others = claims.get(name);
  claims.set(name, others === undefined ? [policy] : [...others, policy].sort(compareClaims));
}

function lengthsOf(prefixes: Claims): readonly number[] {
  const lengths = new Set<number>();
  for (const prefix of prefixes.keys()) lengths.add(prefix.length);
  return [...lengths].sort((a, b) => b - a);
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
