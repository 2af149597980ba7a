import {
  compatibility,
  type RejectedResource,
  type ResourceKey,
  type RoutingTable,
  type TableResource,
  tableHash,
  type UpdateFrame,
} from '@headgate/crds';
import { type AppliedChange, applyChange, type TableChange } from './apply-change.ts';
import type { BuildDeps } from './build-deps.ts';
import { poolKeysOf } from './build-provider.ts';
import { buildSnapshot, emptySnapshot } from './build-snapshot.ts';
import { liveSignals } from './live-signals.ts';
import { ShardedMap } from './sharded-map.ts';
import type { Snapshot } from './snapshot.ts';

export type UpdateOutcome =
  | {
      readonly type: 'applied';
      readonly snapshot: Snapshot;
      /** Refused forms of this frame, for the ack. */
      readonly rejected: readonly RejectedResource[];
      /**
       * A full table replaced what was held, but a refused resource lives on in an older form that the operator does not
       * know of: say hello again, with what is really held.
       */
      readonly helloAgain: boolean;
    }
  | { readonly type: 'refused'; readonly reason: string };

/** Signals of endpoints that left the table are forgotten this much later: edits are often taken back. */
const COLLECT_AFTER_MS = 60_000;

/**
 * Holds the snapshot that requests run on. Updates are checked before anything is built: version, revision (never
 * backwards), base, hash of the table as it will be, and that a table without policies says it is empty on purpose. A swap
 * is one assignment; requests keep the snapshot they took.
 */
export class TableStore {
  readonly #deps: BuildDeps;
  readonly #collectAfterMs: number;
  readonly #listeners: ((snapshot: Snapshot) => void)[] = [];
  #current: Snapshot | undefined;
  #collection: NodeJS.Timeout | undefined;

  constructor(deps: BuildDeps, collectAfterMs: number = COLLECT_AFTER_MS) {
    this.#deps = deps;
    this.#collectAfterMs = collectAfterMs;
  }

  /** Undefined = no table yet: the proxy is not ready. */
  get current(): Snapshot | undefined {
    return this.#current;
  }

  /** Called after every swap. */
  onSwap(listener: (snapshot: Snapshot) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Applies one frame of the control stream, or refuses it whole. `resumed` = the first frame after a hello, the only one
   * that may repeat the held revision.
   */
  apply(frame: UpdateFrame, resumed: boolean): UpdateOutcome {
    const reason = this.#refusal(frame, resumed);
    if (reason !== undefined) return { type: 'refused', reason };
    const held = this.#current;
    const upserts = new Map(Object.entries(frame.upserts));
    const change: TableChange = { revision: frame.revision, upserts, deletes: frame.deletes, hash: frame.tableHash };
    const full = frame.base === 0;
    const applied = full
      ? buildSnapshot({ revision: frame.revision, resources: upserts, hash: frame.tableHash }, held, this.#deps)
      : applyChange(held ?? emptySnapshot(), change, this.#deps);
    this.#swap(applied);
    const livesOn = full && applied.rejected.some(({ key }) => applied.snapshot.resources.has(key));
    return { type: 'applied', snapshot: applied.snapshot, rejected: applied.rejected, helloAgain: livesOn };
  }

  /** Takes a whole table from a file at start. A table that arrived on the stream meanwhile is newer and stays. */
  load(table: RoutingTable): UpdateOutcome {
    if (this.#current !== undefined) return { type: 'refused', reason: 'a table is held already' };
    const peer = compatibility(table.contractVersion);
    if (peer.type === 'incompatible') return { type: 'refused', reason: peer.reason };
    const applied = buildSnapshot({ revision: table.revision, resources: new Map(Object.entries(table.resources)) }, undefined, this.#deps);
    this.#swap(applied);
    return { type: 'applied', snapshot: applied.snapshot, rejected: applied.rejected, helloAgain: false };
  }

  close(): void {
    clearTimeout(this.#collection);
  }

  #refusal(frame: UpdateFrame, resumed: boolean): string | undefined {
    const peer = compatibility(frame.contractVersion);
    if (peer.type === 'incompatible') return peer.reason;
    const heldRevision = this.#current?.revision ?? 0;
    if (frame.revision < heldRevision || (frame.revision === heldRevision && !resumed)) {
      return `revision ${frame.revision} is not newer than the held revision ${heldRevision}`;
    }
    if (frame.base !== 0 && frame.base !== heldRevision) return `the update applies to revision ${frame.base}, held is ${heldRevision}`;
    const hashes = this.#hashesAfter(frame);
    if (tableHash(hashes) !== frame.tableHash) return 'the hash of the table after the update differs from the one announced';
    if (!frame.emptyConfirmed && !hasPolicy(hashes.keys()))
      return 'the table would be without policies and does not say that this is meant';
    return undefined;
  }

  #hashesAfter(frame: UpdateFrame): ReadonlyMap<ResourceKey, string> {
    const changes = new Map<ResourceKey, string | undefined>();
    for (const key of frame.deletes) changes.set(key, undefined);
    for (const [key, { hash }] of Object.entries<TableResource>(frame.upserts)) changes.set(key, hash);
    const held = frame.base === 0 ? undefined : this.#current?.resources;
    return (held ?? ShardedMap.empty<string>()).edited(changes);
  }

  #swap({ snapshot }: AppliedChange): void {
    const before = this.#current;
    this.#current = snapshot;
    if (before?.providers !== snapshot.providers) this.#deps.dispatchers.retain(poolKeysOf(snapshot.providers.values()));
    this.#collectLater();
    for (const listener of this.#listeners) listener(snapshot);
  }

  #collectLater(): void {
    this.#collection ??= setTimeout(() => {
      this.#collection = undefined;
      if (this.#current !== undefined) this.#deps.signals.collect(liveSignals(this.#current));
    }, this.#collectAfterMs).unref();
  }
}

function hasPolicy(keys: Iterable<ResourceKey>): boolean {
  for (const key of keys) if (key.startsWith('policy/')) return true;
  return false;
}
