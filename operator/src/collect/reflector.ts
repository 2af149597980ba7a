import { DecorrelatedBackoff } from '../support/backoff.ts';
import type { Clock } from '../support/clock.ts';
import type { Count } from '../support/counters.ts';
import type { ApiError, CollectionOptions, KubeApi } from '../support/kube-api.ts';
import type { ResourceType } from '../support/kube-resource.ts';
import type { Logger } from '../support/logger.ts';
import { sleep } from '../support/sleep.ts';
import { listAll } from './list-all.ts';
import { compareResourceVersions } from './resource-version.ts';
import type { ReflectorTarget } from './store.ts';
import { type BookmarkEvent, type ObjectEvent, type WatchEnd, watchOnce } from './watch-once.ts';

const BACKOFF_BASE_MS = 800;
const BACKOFF_MAX_MS = 30_000;
/** For an API server that does not answer at all: it costs it nothing, and the world must be right again within 10 s of its return. */
const AWAY_MAX_MS = 4_000;
/** A watch that lived a minute and then ends in good order, or for want of news, is followed by the next without a gap. */
const STABLE_MS = 60_000;
/** A balancer that cuts every watch after less than a minute must not make the gaps between them grow. */
const BACKOFF_RESET_MS = BACKOFF_MAX_MS;
const MIN_TIMEOUT_SECONDS = 300;
/** A list older than what we know comes from a server that lags (asked again) or was restored (taken after this many). */
const MAX_STALE_LISTS = 3;
const MAX_RETRY_AFTER_MS = 300_000;

export interface ReflectorOptions {
  readonly api: Pick<KubeApi, 'listPage' | 'watch'>;
  readonly resource: ResourceType;
  /** '' for all, else a namespace (of a cluster-scoped resource: the name of one object); also what a list replaces in the target. */
  readonly scope: string;
  /** Watch metadata alone (PartialObjectMetadata). */
  readonly metadataOnly?: boolean;
  readonly target: ReflectorTarget;
  /** Called when lists or watches begin to fail, or fail in a new way. Must only enqueue. */
  readonly onError?: () => void;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly count: Count;
}

/**
 * Keeps a store equal to a collection of the API server: lists it, then watches from there, for ever. Nothing ends it but `stop`:
 * whatever the server does, it tries again after a back-off with decorrelated jitter (0.8 s to 30 s, longer if the server
 * asks for it, at most 4 s while there is no answer) that a watch which outlived the longest back-off resets.
 */
export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #stopping = new AbortController();
  readonly #backoff: DecorrelatedBackoff;
  readonly #awayBackoff: DecorrelatedBackoff;
  #resourceVersion: string | undefined;
  #staleLists = 0;
  #listedMs = Number.NEGATIVE_INFINITY;
  #lastContactMs: number;
  #lastError: ApiError | undefined;
  #running: Promise<void> | undefined;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#backoff = new DecorrelatedBackoff(BACKOFF_BASE_MS, BACKOFF_MAX_MS, options.random);
    this.#awayBackoff = new DecorrelatedBackoff(BACKOFF_BASE_MS, AWAY_MAX_MS, options.random);
    this.#lastContactMs = options.clock.monotonic();
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Since the last event, bookmark, complete list or accepted watch; grows without bound when the API server is away. */
  contactAgeMs(): number {
    return this.#options.clock.monotonic() - this.#lastContactMs;
  }

  /** Why the last list or watch failed; undefined while all is well. */
  lastError(): ApiError | undefined {
    return this.#lastError;
  }

  /** The API server will not show us this collection: no rights, or no such resource. It is asked again all the same. */
  isDenied(): boolean {
    return this.#lastError?.status === 403 || this.#lastError?.status === 404;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        const resourceVersion = await this.#list();
        if (resourceVersion !== undefined) await this.#watchUntilExpired(resourceVersion);
      } catch (error) {
        // A bug, here or in the target. The reflector outlives it: an operator without news is worse.
        this.#options.count('reflector_handler_errors_total', { resource: this.#options.resource.plural });
        this.#options.logger.error({ err: error, resource: this.#options.resource.plural }, 'reflector threw');
        await this.#pause(undefined);
      }
    }
  }

  /** Version to watch from, or undefined after a failure and its back-off. */
  async #list(): Promise<string | undefined> {
    const { api, resource, scope, target } = this.#options;
    const listed = await listAll(api, resource, this.#collection());
    if (this.#stopping.signal.aborted) return undefined;
    if (listed.type === 'error') {
      this.#countList('error');
      this.#noteFailure(listed.error, 'list failed');
      await this.#pause(listed.error);
      return undefined;
    }
    const { resourceVersion, objects } = listed.value;
    if (this.#isStale(resourceVersion)) {
      this.#countList('stale');
      await this.#pause(undefined);
      return undefined;
    }
    target.replace(scope, objects);
    this.#countList('ok');
    this.#resourceVersion = resourceVersion;
    this.#listedMs = this.#options.clock.monotonic();
    this.#contact();
    return resourceVersion;
  }

  #isStale(resourceVersion: string): boolean {
    const known = this.#resourceVersion;
    if (known === undefined || compareResourceVersions(resourceVersion, known) >= 0 || this.#staleLists >= MAX_STALE_LISTS) {
      this.#staleLists = 0;
      return false;
    }
    this.#staleLists += 1;
    const fields = { resource: this.#options.resource.plural, resourceVersion, known };
    this.#options.logger.warn(fields, 'list is older than what is known');
    return true;
  }

  /** Watches again and again from where the last one ended, until only a new list helps. */
  async #watchUntilExpired(from: string): Promise<void> {
    let resourceVersion = from;
    while (!this.#stopping.signal.aborted) {
      const startMs = this.#options.clock.monotonic();
      const result = await this.#watch(resourceVersion);
      if (this.#stopping.signal.aborted) return;
      resourceVersion = result.resourceVersion;
      this.#resourceVersion = resourceVersion;
      const livedMs = this.#options.clock.monotonic() - startMs;
      if (livedMs >= BACKOFF_RESET_MS) this.#backoff.reset();
      if (livedMs >= STABLE_MS && (result.end.type === 'closed' || result.end.type === 'silent')) continue;
      if (!needsList(result.end)) await this.#pause(result.end.type === 'failed' ? result.end.error : undefined);
      else return this.#pauseBeforeList();
    }
  }

  async #watch(resourceVersion: string): Promise<{ readonly end: WatchEnd; readonly resourceVersion: string }> {
    const { api, resource, clock, random, count } = this.#options;
    const result = await watchOnce({
      api,
      resource,
      clock,
      collection: this.#collection(),
      resourceVersion,
      timeoutSeconds: Math.floor(MIN_TIMEOUT_SECONDS * (1 + random())),
      onOpen: () => this.#contact(),
      onEvent: (event) => this.#apply(event),
    });
    if (this.#stopping.signal.aborted) return result;
    count('reflector_watches_total', { resource: resource.plural, outcome: result.end.type });
    if (result.end.type === 'failed') this.#noteFailure(result.end.error, 'watch failed');
    else if (needsList(result.end) || result.end.type === 'garbage')
      this.#options.logger.info({ resource: resource.plural, end: result.end }, 'watch ended');
    return result;
  }

  #apply(event: ObjectEvent | BookmarkEvent): void {
    this.#contact();
    this.#options.count('reflector_events_total', { resource: this.#options.resource.plural, type: event.type });
    if (event.type === 'BOOKMARK') return;
    if (event.type === 'DELETED') this.#options.target.remove(event.object);
    else this.#options.target.upsert(event.object);
  }

  #contact(): void {
    this.#lastContactMs = this.#options.clock.monotonic();
    this.#lastError = undefined;
  }

  /** One line when it begins to fail or fails in a new way, not one per attempt. */
  #noteFailure(error: ApiError, message: string): void {
    const known = this.#lastError;
    this.#lastError = error;
    if (known?.status === error.status && known.reason === error.reason) return;
    this.#options.logger.warn({ resource: this.#options.resource.plural, scope: this.#options.scope, error }, message);
    this.#options.onError?.();
  }

  #countList(outcome: string): void {
    this.#options.count('reflector_lists_total', { resource: this.#options.resource.plural, outcome });
  }

  /** A version expires once after an outage, and then soon is right; lists in quick succession are what back-off is for. */
  #pauseBeforeList(): Promise<void> {
    const { clock, random } = this.#options;
    if (clock.monotonic() - this.#listedMs < BACKOFF_MAX_MS) return this.#pause(undefined);
    return sleep(clock, random() * BACKOFF_BASE_MS, this.#stopping.signal);
  }

  #pause(error: ApiError | undefined): Promise<void> {
    const away = error?.status === 0;
    if (!away) this.#awayBackoff.reset();
    const backoffMs = (away ? this.#awayBackoff : this.#backoff).nextMs();
    const delayMs = Math.max(backoffMs, Math.min(error?.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
    return sleep(this.#options.clock, delayMs, this.#stopping.signal);
  }

  #collection(): CollectionOptions {
    const { scope, resource, metadataOnly = false } = this.#options;
    const common = { metadataOnly, signal: this.#stopping.signal };
    if (scope === '') return common;
    return resource.namespaced ? { ...common, namespace: scope } : { ...common, fieldSelector: `metadata.name=${scope}` };
  }
}

/** A watch that the server refuses as such (400, 404, 422) would be refused again from the same version. */
function needsList(end: WatchEnd): boolean {
  if (end.type === 'expired' || end.type === 'regressed') return true;
  return end.type === 'failed' && [400, 404, 422].includes(end.error.status);
}
