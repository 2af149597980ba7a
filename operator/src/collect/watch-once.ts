import type { Clock } from '../support/clock.ts';
import type { ApiError, CollectionOptions, KubeApi, WatchEvent } from '../support/kube-api.ts';
import { isExpired } from '../support/kube-failure.ts';
import type { KubeObject } from '../support/kube-object.ts';
import type { ResourceType } from '../support/kube-resource.ts';
import { compareResourceVersions } from './resource-version.ts';

/**
 * Bookmarks come about once a minute, so a watch that is silent for longer may be dead, whatever its socket says. It may also be
 * of a resource without an event since the API server started, which gets no bookmarks either (measured on 1.36).
 */
export const INACTIVITY_MS = 90_000;

export interface WatchRequest {
  readonly api: Pick<KubeApi, 'watch'>;
  readonly resource: ResourceType;
  readonly collection: CollectionOptions;
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
  readonly clock: Clock;
  /** Called when the server has accepted the watch; must not throw. */
  readonly onOpen: () => void;
  /** Called for each event in order, bookmarks included; must not throw. */
  readonly onEvent: (event: ObjectEvent | BookmarkEvent) => void;
}

export type ObjectEvent = { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject };
export type BookmarkEvent = { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

export type WatchEnd =
  /** By the server, in good order. */
  | { readonly type: 'closed' }
  /** Our version is too old: only a new list helps. */
  | { readonly type: 'expired' }
  /** The server went back in time, e.g. was restored: only a new list helps. */
  | { readonly type: 'regressed' }
  | { readonly type: 'silent' }
  | { readonly type: 'garbage'; readonly message: string }
  | { readonly type: 'failed'; readonly error: ApiError };

export interface WatchResult {
  readonly end: WatchEnd;
  /** Where the next watch may resume. */
  readonly resourceVersion: string;
}

/** One watch from start to end. Never rejects; `collection.signal` ends it as `failed`. */
export async function watchOnce(request: WatchRequest): Promise<WatchResult> {
  const watchdog = new Watchdog(request.clock);
  const signal = AbortSignal.any([request.collection.signal, watchdog.signal]);
  let { resourceVersion } = request;
  try {
    const opened = await request.api.watch(request.resource, {
      ...request.collection,
      signal,
      resourceVersion,
      timeoutSeconds: request.timeoutSeconds,
    });
    if (opened.type === 'error') return { end: endOf(opened.error, watchdog), resourceVersion };
    request.onOpen();
    for await (const frame of opened.value) {
      if (frame.type === 'broken') return { end: endOf(frame.error, watchdog), resourceVersion };
      // An event is lost in it: resume before it, which brings it again.
      if (frame.type === 'garbage') return { end: frame, resourceVersion };
      watchdog.rearm();
      const { event } = frame;
      if (event.type === 'ERROR') return { end: endOf(event.error, watchdog), resourceVersion };
      const version = versionOf(event);
      if (version !== undefined && compareResourceVersions(version, resourceVersion) < 0)
        return { end: { type: 'regressed' }, resourceVersion };
      request.onEvent(event);
      resourceVersion = version ?? resourceVersion;
    }
    return { end: { type: 'closed' }, resourceVersion };
  } finally {
    watchdog.stop();
  }
}

function versionOf(event: Exclude<WatchEvent, { type: 'ERROR' }>): string | undefined {
  return event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
}

function endOf(error: ApiError, watchdog: Watchdog): WatchEnd {
  if (watchdog.signal.aborted) return { type: 'silent' };
  return isExpired(error) ? { type: 'expired' } : { type: 'failed', error };
}

/** Aborts its signal when nobody calls `rearm` for `INACTIVITY_MS`. */
class Watchdog {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  #lastMs: number;
  #timer: { cancel(): void };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMs = clock.monotonic();
    this.#timer = clock.setTimeout(() => this.#check(), INACTIVITY_MS);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  rearm(): void {
    this.#lastMs = this.#clock.monotonic();
  }

  stop(): void {
    this.#timer.cancel();
  }

  /** One timer that looks again later is cheaper than a new one for every event. */
  #check(): void {
    const leftMs = this.#lastMs + INACTIVITY_MS - this.#clock.monotonic();
    if (leftMs <= 0) this.#controller.abort();
    else this.#timer = this.#clock.setTimeout(() => this.#check(), leftMs);
  }
}
