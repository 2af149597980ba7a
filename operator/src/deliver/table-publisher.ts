import { type ResourceBody, type ResourceKey, type TableResource, tableHash } from '@headgate/crds';
import type { LastGood } from './last-good.ts';
import { ResourceHasher } from './resource-hasher.ts';

/** Revisions per term of leadership; a term that used them up would collide with the next one. */
const REVISIONS_PER_TERM = 100_000_000;
/** Changes remembered for cheap deltas; a proxy further behind is compared resource by resource. */
const CHANGE_LOG_LENGTH = 1000;

/** The table as every proxy should hold it, but for forms that were refused (see LastGood). */
export interface PublishedTable {
  readonly revision: number;
  /** sha256 (hex), see crds/src/table-hash.ts. */
  readonly hash: string;
  readonly resources: ReadonlyMap<ResourceKey, TableResource>;
  /** True when there is no policy at all and the operator knows that this is so. */
  readonly emptyConfirmed: boolean;
  /** When the first of the edits in this revision was noticed, ms since 1970. */
  readonly changedAtMs: number;
}

export interface ProposedTable {
  readonly resources: ReadonlyMap<ResourceKey, ResourceBody>;
  /** Term of the leadership under which the table was compiled. */
  readonly term: number;
  readonly changedAtMs: number;
}

export type PublishOutcome =
  | { readonly type: 'Published'; readonly table: PublishedTable; readonly changed: number }
  | { readonly type: 'Unchanged' }
  | { readonly type: 'StaleTerm' };

/**
 * Turns compilations into revisions: hashes resources, finds what changed, numbers the result. Numbers are monotonic over
 * leaderships (term x 1e8 + count), so that a proxy can tell a paused old leader from the new one.
 */
export class TablePublisher {
  readonly #lastGood: LastGood;
  readonly #hasher: ResourceHasher = new ResourceHasher();
  readonly #listeners: ((table: PublishedTable) => void)[] = [];
  #term = 0;
  #revision = 0;
  #table: PublishedTable | undefined;
  /** What the leader before published, until there is a table of this term. */
  #inherited: ReadonlyMap<ResourceKey, TableResource> = new Map();
  /** Newest last; `keys` changed in `revision`. */
  #changes: { readonly revision: number; readonly keys: readonly ResourceKey[] }[] = [];
  readonly #sinceRevision = new Map<ResourceKey, number>();

  constructor(lastGood: LastGood) {
    this.#lastGood = lastGood;
  }

  /**
   * Begins a term. `inherited` is the last table known from before (the snapshot Secret): the next revision is above its
   * revision even when the Lease was deleted and its terms began anew.
   */
  lead(term: number, inherited: { readonly revision: number; readonly resources: ReadonlyMap<ResourceKey, TableResource> }): void {
    this.#term = term;
    this.#inherited = inherited.resources;
    this.raiseAbove(Math.max(term * REVISIONS_PER_TERM, inherited.revision));
  }

  /** Drops the table: a replica that does not lead serves none, and must not diff against an old one when it leads again. */
  resign(): void {
    this.#term = 0;
    this.#table = undefined;
    this.#inherited = new Map();
    this.#changes = [];
    this.#sinceRevision.clear();
  }

  /** The next revision will be above this one. */
  raiseAbove(revision: number): void {
    this.#revision = Math.max(this.#revision, revision);
  }

  table(): PublishedTable | undefined {
    return this.#table;
  }

  /** What is published, or what the leader before published. */
  resources(): ReadonlyMap<ResourceKey, ResourceBody> {
    return new Map([...(this.#table?.resources ?? this.#inherited)].map(([key, { body }]) => [key, body]));
  }

  /** First revision that held the present form of a resource; undefined = not in the table. */
  revisionOf(key: ResourceKey): number | undefined {
    return this.#sinceRevision.get(key);
  }

  /** Called with each new table, after it became `table()`. */
  onPublish(listener: (table: PublishedTable) => void): void {
    this.#listeners.push(listener);
  }

  /** Gives the compilation a revision when it differs from the table; a term that is not the present one is refused. */
  publish(proposed: ProposedTable): PublishOutcome {
    if (this.#term === 0 || proposed.term !== this.#term) return { type: 'StaleTerm' };
    const resources = this.#hasher.hash(proposed.resources);
    const changed = changedKeys(this.#table?.resources ?? new Map(), resources);
    if (this.#table !== undefined && changed.length === 0) return { type: 'Unchanged' };
    const revision = ++this.#revision;
    for (const key of changed) {
      const form = resources.get(key);
      this.#lastGood.published(key, form, revision);
      if (form === undefined) this.#sinceRevision.delete(key);
      else this.#sinceRevision.set(key, revision);
    }
    const table = this.#become(resources, revision, proposed.changedAtMs);
    this.#remember(revision, changed);
    this.#tell(table);
    return { type: 'Published', table, changed: changed.length };
  }

  /** The same content under a new number: after a refusal, so that the refusing proxy can be given its last good form. */
  republish(nowMs: number): void {
    if (this.#table === undefined) return;
    const table = { ...this.#table, revision: ++this.#revision, changedAtMs: nowMs };
    this.#table = table;
    this.#remember(table.revision, []);
    this.#tell(table);
  }

  /** Keys that changed after `revision`; undefined = too long ago to know, compare everything. */
  changesSince(revision: number): ReadonlySet<ResourceKey> | undefined {
    const oldest = this.#changes[0];
    if (oldest === undefined || revision < oldest.revision - 1) return undefined;
    const keys = new Set<ResourceKey>();
    for (let index = this.#changes.length - 1; index >= 0; index--) {
      const change = this.#changes[index];
      if (change === undefined || change.revision <= revision) break;
      for (const key of change.keys) keys.add(key);
    }
    return keys;
  }

  #become(resources: ReadonlyMap<ResourceKey, TableResource>, revision: number, changedAtMs: number): PublishedTable {
    const hash = tableHash(new Map([...resources].map(([key, resource]) => [key, resource.hash])));
    const emptyConfirmed = ![...resources.keys()].some((key) => key.startsWith('policy/'));
    this.#table = { revision, hash, resources, emptyConfirmed, changedAtMs };
    return this.#table;
  }

  #remember(revision: number, keys: readonly ResourceKey[]): void {
    this.#changes.push({ revision, keys });
    if (this.#changes.length > CHANGE_LOG_LENGTH) this.#changes.shift();
  }

  #tell(table: PublishedTable): void {
    for (const listener of this.#listeners) listener(table);
  }
}

function changedKeys(before: ReadonlyMap<ResourceKey, TableResource>, after: ReadonlyMap<ResourceKey, TableResource>): ResourceKey[] {
  const changed: ResourceKey[] = [];
  for (const [key, resource] of after) if (before.get(key)?.hash !== resource.hash) changed.push(key);
  for (const key of before.keys()) if (!after.has(key)) changed.push(key);
  return changed;
}
