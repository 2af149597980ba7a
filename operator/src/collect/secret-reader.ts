import type { Clock } from '../support/clock.ts';
import type { Count } from '../support/counters.ts';
import { deepFreeze } from '../support/deep-freeze.ts';
import type { KubeApi } from '../support/kube-api.ts';
import type { KubeObject } from '../support/kube-object.ts';
import { RESOURCES } from '../support/kube-resource.ts';
import type { Logger } from '../support/logger.ts';
import { type Handled, WorkQueue } from '../support/work-queue.ts';
import { compareResourceVersions } from './resource-version.ts';
import { readSecretContent } from './secret-content.ts';
import type { Store } from './store.ts';
import type { SecretContent } from './world.ts';

const CONCURRENT_READS = 4;
const MAX_RETRY_MS = 30_000;
/** Without the metadata watch (no rights to it) nobody tells us of a rotation, so we look. */
const POLL_MS = 30_000;
/** One Secret that cannot be read (a broken KMS key, say) must not keep everything else from being served. */
const SETTLED_AFTER_FAILURES = 3;

export interface SecretReaderOptions {
  readonly api: KubeApi;
  /** Names and versions of all Secrets, from a watch of metadata alone. */
  readonly metadata: Store<KubeObject>;
  readonly isReferenced: (key: string) => boolean;
  /** Some content, or whether a Secret has settled, changed. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly count: Count;
}

interface Known {
  readonly resourceVersion: string | undefined;
  /** Undefined = there is no such Secret. */
  readonly content: SecretContent | undefined;
}

/**
 * Contents of the Secrets that something refers to, read one by one: caching all Secrets of a cluster would cost memory
 * (cert-manager measured 700 MB against 27 MB) and hold keys nobody asked for.
 */
export class SecretReader {
  readonly #options: SecretReaderOptions;
  readonly #queue: WorkQueue;
  readonly #known = new Map<string, Known>();

  constructor(options: SecretReaderOptions) {
    this.#options = options;
    const { clock, logger, count } = options;
    this.#queue = new WorkQueue({ name: 'secrets', clock, logger, count, concurrency: CONCURRENT_READS, maxDelayMs: MAX_RETRY_MS }, (key) =>
      this.#read(key),
    );
    options.metadata.onChange((key) => {
      if (options.isReferenced(key)) this.#queue.add(key);
    });
  }

  /** Something refers to the Secret `<namespace>/<name>`; it is read unless it is known already. */
  want(key: string): void {
    if (!this.#known.has(key)) this.#queue.add(key);
  }

  /** Whether it is known what the Secret holds, or that it does not exist, or that it cannot be read for now. */
  isSettled(key: string): boolean {
    return this.#known.has(key);
  }

  content(key: string): SecretContent | undefined {
    return this.#known.get(key)?.content;
  }

  /** Forgets Secrets that nothing refers to. */
  retain(keep: (key: string) => boolean): void {
    for (const key of this.#known.keys()) if (!keep(key)) this.#known.delete(key);
  }

  stop(): Promise<void> {
    return this.#queue.shutDown();
  }

  async #read(key: string): Promise<Handled> {
    const { api, metadata, isReferenced, logger } = this.#options;
    if (!isReferenced(key)) return { type: 'done' };
    const watched = metadata.get(key)?.metadata.resourceVersion;
    if (metadata.hasSynced() && watched === undefined) return this.#settle(key, 'missing', undefined, undefined);
    if (watched !== undefined && this.#known.get(key)?.resourceVersion === watched) return { type: 'done' };
    const answer = await api.get(RESOURCES.secrets, refOf(key));
    if (answer.type === 'error') {
      if (answer.error.status === 404) return this.#settle(key, 'missing', undefined, undefined);
      logger.warn({ error: answer.error, object: key }, 'secret could not be read');
      return this.#failed(key, answer.error.retryAfterMs);
    }
    const version = answer.value.metadata.resourceVersion;
    const newest = metadata.get(key)?.metadata.resourceVersion;
    if (version !== undefined && newest !== undefined && compareResourceVersions(version, newest) < 0) {
      this.#options.count('secret_reads_total', { outcome: 'stale' });
      return { type: 'retry' };
    }
    return this.#settle(key, 'ok', version, deepFreeze(readSecretContent(answer.value)));
  }

  #settle(key: string, outcome: 'ok' | 'missing', resourceVersion: string | undefined, content: SecretContent | undefined): Handled {
    this.#options.count('secret_reads_total', { outcome });
    const before = this.#known.get(key);
    this.#known.set(key, { resourceVersion, content });
    if (before === undefined || JSON.stringify(before.content) !== JSON.stringify(content)) this.#options.onChange();
    return this.#options.metadata.hasSynced() ? { type: 'done' } : { type: 'retry', afterMs: POLL_MS };
  }

  /** What is known stays: a key that worked is better than none. */
  #failed(key: string, retryAfterMs: number | undefined): Handled {
    this.#options.count('secret_reads_total', { outcome: 'error' });
    if (!this.#known.has(key) && this.#queue.failures(key) + 1 >= SETTLED_AFTER_FAILURES) {
      this.#known.set(key, { resourceVersion: undefined, content: undefined });
      this.#options.onChange();
    }
    return { type: 'retry', afterMs: retryAfterMs };
  }
}

function refOf(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
