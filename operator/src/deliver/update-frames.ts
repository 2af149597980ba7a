import { CONTRACT_VERSION, type ResourceKey, type TableResource, tableHash, type UpdateFrame } from '@headgate/crds';
import type { LastGood } from './last-good.ts';
import type { PublishedTable, TablePublisher } from './table-publisher.ts';

/** What one proxy holds, as far as it said and was sent. */
export interface HeldTable {
  /** 0 = nothing. */
  readonly revision: number;
  readonly hashes: ReadonlyMap<ResourceKey, string>;
  /** True when it holds exactly the table of `revision`: nothing refused, nothing substituted, compared at least once. */
  readonly exact: boolean;
}

export interface EncodedUpdate {
  readonly revision: number;
  /** The frame as one line; shared between proxies that need the same delta. */
  readonly line: Buffer;
  /** Hash per resource sent; undefined = deleted. */
  readonly sent: ReadonlyMap<ResourceKey, string | undefined>;
  /** Whether the proxy will hold exactly the table when it refuses nothing. */
  readonly exact: boolean;
}

/** Deltas kept for proxies that stand at the same revision; they mostly do. */
const SHARED_DELTAS = 4;

/** Builds the update that takes a proxy from what it holds to the present table. */
export class UpdateFrames {
  readonly #publisher: TablePublisher;
  readonly #lastGood: LastGood;
  readonly #shared = new Map<string, EncodedUpdate>();

  constructor(publisher: TablePublisher, lastGood: LastGood) {
    this.#publisher = publisher;
    this.#lastGood = lastGood;
  }

  /** Undefined while there is no table. The delta is empty when the proxy holds everything already. */
  next(held: HeldTable): EncodedUpdate | undefined {
    const table = this.#publisher.table();
    if (table === undefined) return undefined;
    const shareable = !this.#lastGood.hasRejections() && (held.exact || held.hashes.size === 0);
    const name = `${held.hashes.size === 0 ? 0 : held.revision}>${table.revision}`;
    const known = shareable ? this.#shared.get(name) : undefined;
    if (known !== undefined) return known;
    const update = this.#build(table, held);
    if (shareable) this.#share(name, update);
    return update;
  }

  #build(table: PublishedTable, held: HeldTable): EncodedUpdate {
    const recent = held.exact ? this.#publisher.changesSince(held.revision) : undefined;
    const upserts: Record<ResourceKey, TableResource> = {};
    const deletes: ResourceKey[] = [];
    const sent = new Map<ResourceKey, string | undefined>();
    let exact = true;
    for (const key of recent ?? new Set([...table.resources.keys(), ...held.hashes.keys()])) {
      const current = table.resources.get(key);
      const have = held.hashes.get(key);
      const want = current === undefined ? undefined : this.#lastGood.formFor(key, current, have);
      if (want !== current) exact = false;
      if (want !== undefined && want.hash !== have) {
        upserts[key] = want;
        sent.set(key, want.hash);
      } else if (current === undefined && have !== undefined) {
        deletes.push(key);
        sent.set(key, undefined);
      }
    }
    const frame: UpdateFrame = {
      type: 'update',
      contractVersion: CONTRACT_VERSION,
      revision: table.revision,
      base: held.hashes.size === 0 ? 0 : held.revision,
      upserts,
      deletes,
      tableHash: exact ? table.hash : tableHash(applySent(held.hashes, sent)),
      emptyConfirmed: table.emptyConfirmed,
    };
    return { revision: table.revision, line: Buffer.from(`${JSON.stringify(frame)}\n`), sent, exact };
  }

  #share(name: string, update: EncodedUpdate): void {
    this.#shared.set(name, update);
    if (this.#shared.size <= SHARED_DELTAS) return;
    const oldest = this.#shared.keys().next();
    if (oldest.done !== true) this.#shared.delete(oldest.value);
  }
}

/** The hashes held after a delta. */
export function applySent(
  hashes: ReadonlyMap<ResourceKey, string>,
  sent: ReadonlyMap<ResourceKey, string | undefined>,
): Map<ResourceKey, string> {
  const after = new Map(hashes);
  for (const [key, hash] of sent) {
    if (hash === undefined) after.delete(key);
    else after.set(key, hash);
  }
  return after;
}
