import { type ResourceKey, type TableResource, tableHash } from '@headgate/crds';
import type { Clock, Timer } from '../support/clock.ts';
import type { ApiResult, KubeApi } from '../support/kube-api.ts';
import type { KubeObject } from '../support/kube-object.ts';
import { RESOURCES } from '../support/kube-resource.ts';
import type { Logger } from '../support/logger.ts';
import { OWN_LABELS } from './own-labels.ts';
import { plainData } from './secret-data.ts';
import { decodeSnapshot, encodeSnapshot, MAX_SHARDS, type SnapshotIndex } from './snapshot-shards.ts';

const WRITE_EVERY_MS = 5_000;
const FIELD_MANAGER = 'headgate-operator';

export interface SnapshotForms {
  readonly revision: number;
  readonly resources: ReadonlyMap<ResourceKey, TableResource>;
}

export type SnapshotRead =
  /** `forms` is undefined when the snapshot is damaged; its revision still counts as used. */
  | { readonly type: 'Found'; readonly revision: number; readonly forms: SnapshotForms | undefined }
  | { readonly type: 'Absent' }
  | { readonly type: 'Unavailable'; readonly reason: string };

export interface SnapshotSecretsOptions {
  readonly api: Pick<KubeApi, 'get' | 'apply' | 'delete'>;
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** What a proxy that starts with nothing should run; asked for just before writing. */
  readonly forms: () => SnapshotForms | undefined;
  readonly isLeader: () => boolean;
}

/**
 * The last table that every proxy took, in Secrets `headgate-snapshot-<i>` that are mounted into the proxies' pods: what a
 * proxy starts from while neither operator nor API server answers. Also tells the next leader where revisions stand.
 */
export class SnapshotSecrets {
  readonly #options: SnapshotSecretsOptions;
  #writtenHash = '';
  #writtenShards = MAX_SHARDS;
  #lastWriteMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #writing = false;
  #again = false;

  constructor(options: SnapshotSecretsOptions) {
    this.#options = options;
  }

  /** Reads what the leader before wrote. */
  async read(): Promise<SnapshotRead> {
    const first = await this.#readSecret(0);
    if (first.type === 'error') {
      if (first.error.status === 404) return { type: 'Absent' };
      return { type: 'Unavailable', reason: first.error.message };
    }
    const index = parseIndex(plainData(first.value)['index.json']);
    if (index === undefined) return { type: 'Absent' };
    const shards: Buffer[] = [];
    for (let shard = 0; shard < index.shards; shard++) {
      const secret = shard === 0 ? first : await this.#readSecret(shard);
      if (secret.type === 'error' && secret.error.status !== 404) return { type: 'Unavailable', reason: secret.error.message };
      const encoded = secret.type === 'ok' ? plainData(secret.value)[`table-${shard}`] : undefined;
      if (encoded !== undefined) shards.push(Buffer.from(encoded, 'base64'));
    }
    const table = await decodeSnapshot(index, shards);
    if (table === undefined) return { type: 'Found', revision: index.revision, forms: undefined };
    return {
      type: 'Found',
      revision: index.revision,
      forms: { revision: index.revision, resources: new Map(Object.entries(table.resources)) },
    };
  }

  /** Something worth keeping may have changed: writes soon, at most every 5 s, and only when the content differs. */
  offer(): void {
    if (this.#writing) {
      this.#again = true;
      return;
    }
    if (this.#timer !== undefined) return;
    const waitMs = this.#lastWriteMs + WRITE_EVERY_MS - this.#options.clock.monotonic();
    this.#timer = this.#options.clock.setTimeout(
      () => {
        this.#timer = undefined;
        void this.#write();
      },
      Math.max(0, waitMs),
    );
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#writtenHash = '';
  }

  async #write(): Promise<void> {
    this.#writing = true;
    this.#lastWriteMs = this.#options.clock.monotonic();
    const failure = await this.#writeForms().catch((error: unknown) => String(error));
    this.#writing = false;
    if (failure !== undefined) this.#options.log.warn({ reason: failure }, 'snapshot was not written');
    if (failure !== undefined || this.#again) {
      this.#again = false;
      this.offer();
    }
  }

  /** Undefined = written, or nothing to write. */
  async #writeForms(): Promise<string | undefined> {
    const forms = this.#options.forms();
    if (forms === undefined || !this.#options.isLeader()) return undefined;
    const hash = tableHash(new Map([...forms.resources].map(([key, resource]) => [key, resource.hash])));
    if (hash === this.#writtenHash) return undefined;
    const snapshot = await encodeSnapshot(forms.revision, forms.resources);
    if (snapshot === undefined) {
      this.#options.log.error(
        { resources: forms.resources.size },
        'the table is too large for its snapshot Secrets, cold starts need the operator',
      );
      return undefined;
    }
    // The first shard carries the index, so it goes last: an index never names what is not there yet.
    for (let shard = snapshot.shards.length - 1; shard >= 0; shard--) {
      const data = { [`table-${shard}`]: snapshot.shards[shard]?.toString('base64') ?? '' };
      const failure = await this.#apply(shard, snapshot.index, shard === 0 ? { ...data, 'index.json': indexData(snapshot.index) } : data);
      if (failure !== undefined) return failure;
    }
    // What a larger table left behind still holds keys of providers.
    for (let shard = snapshot.shards.length; shard < this.#writtenShards; shard++) {
      if (!this.#options.isLeader()) return undefined;
      const gone = await this.#options.api.delete(RESOURCES.secrets, this.#ref(shard));
      if (gone.type === 'error') return gone.error.message;
    }
    this.#writtenShards = snapshot.shards.length;
    this.#writtenHash = hash;
    return undefined;
  }

  async #apply(shard: number, index: SnapshotIndex, data: Readonly<Record<string, string>>): Promise<string | undefined> {
    if (!this.#options.isLeader()) return 'not the leader any more';
    const annotations = { 'headgate.dev/sha256': index.sha256, 'headgate.dev/shards': String(index.shards) };
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...this.#ref(shard), annotations, labels: OWN_LABELS },
      type: 'Opaque',
      data,
    };
    const applied = await this.#options.api.apply(RESOURCES.secrets, secret, FIELD_MANAGER);
    return applied.type === 'error' ? applied.error.message : undefined;
  }

  #readSecret(shard: number): Promise<ApiResult<KubeObject>> {
    return this.#options.api.get(RESOURCES.secrets, this.#ref(shard));
  }

  #ref(shard: number): { readonly namespace: string; readonly name: string } {
    return { namespace: this.#options.namespace, name: `headgate-snapshot-${shard}` };
  }
}

function indexData(index: SnapshotIndex): string {
  return Buffer.from(JSON.stringify(index)).toString('base64');
}

function parseIndex(encoded: string | undefined): SnapshotIndex | undefined {
  if (encoded === undefined) return undefined;
  try {
    const index: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    if (typeof index !== 'object' || index === null) return undefined;
    if (!('revision' in index) || !('sha256' in index) || !('shards' in index)) return undefined;
    const { revision, sha256, shards } = index;
    if (typeof revision !== 'number' || typeof sha256 !== 'string' || typeof shards !== 'number') return undefined;
    return Number.isSafeInteger(revision) && shards >= 1 && shards <= MAX_SHARDS ? { revision, sha256, shards } : undefined;
  } catch {
    return undefined;
  }
}
