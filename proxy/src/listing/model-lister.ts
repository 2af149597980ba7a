import { isDeepStrictEqual } from 'node:util';
import type { ListedModel, ListingReport, ResourceKey } from '@headgate/crds';
import type { Provider, Snapshot } from '../snapshot/snapshot.ts';
import type { Clock } from '../support/clock.ts';
import type { ListingOutcome } from './read-listing.ts';

export interface ModelListerDeps {
  /** Never rejects. */
  readonly ask: (provider: Provider) => Promise<ListingOutcome>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Runs something later; returns what takes that back. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** A provider answered otherwise than the time before. */
  readonly onNews: (key: ResourceKey, outcome: ListingOutcome) => void;
}

interface Entry {
  provider: Provider;
  subject: string;
  models: readonly ListedModel[] | undefined;
  error: string | undefined;
  failures: number;
  askedAtMs: number;
  /** Takes back the next asking; undefined while it waits for its turn or is under way. */
  cancel: (() => void) | undefined;
}

const EVERY_MS = 600_000;
const EVERY_JITTER = 0.1;
const FIRST_PAUSE_MS = 15_000;
/** Pods that come one by one change their provider as often. */
const MIN_GAP_MS = 2000;
const MAX_AT_ONCE = 4;
/** Of those that failed the time before: hundreds that do not answer must not keep the others from being asked. */
const MAX_FAILING_AT_ONCE = 2;
/** Keeps a report well below what an operator reads (16 MiB). */
const MAX_MODELS_PER_REPORT = 10_000;

/**
 * Follows what the providers of the table list, where the table wants to know: asked when they come or change, then every
 * ten minutes, after failures sooner. What it hears goes into the reports to the operator and nowhere else: calls, breakers
 * and keys are not concerned.
 */
export class ModelLister {
  readonly #deps: ModelListerDeps;
  readonly #entries = new Map<ResourceKey, Entry>();
  readonly #untold = new Set<ResourceKey>();
  readonly #waiting: Entry[] = [];
  #running = 0;
  #failingRunning = 0;
  #providers: Snapshot['providers'] | undefined;
  #stopped = false;

  constructor(deps: ModelListerDeps) {
    this.#deps = deps;
  }

  /** A table was taken over. */
  follow({ providers }: Pick<Snapshot, 'providers'>): void {
    if (providers === this.#providers || this.#stopped) return;
    this.#providers = providers;
    for (const [key, { provider, cancel }] of this.#entries) {
      if (providers.get(key)?.resource.listing !== undefined) continue;
      cancel?.();
      this.#forget(key, provider);
    }
    for (const provider of providers.values()) this.#followOne(provider);
  }

  /** What the operator has to be told next; taken as told. */
  news(): readonly ListingReport[] {
    const reports: ListingReport[] = [];
    let models = 0;
    for (const key of this.#untold) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) {
        models += entry.models?.length ?? 0;
        if (models > MAX_MODELS_PER_REPORT && reports.length > 0) break;
        reports.push(reportOf(key, entry));
      }
      this.#untold.delete(key);
    }
    return reports;
  }

  /** The operator may be another one, which knows nothing. */
  tellAll(): void {
    for (const [key, { models, error }] of this.#entries) if (models !== undefined || error !== undefined) this.#untold.add(key);
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
    for (const { cancel } of this.#entries.values()) cancel?.();
    this.#entries.clear();
  }

  #forget(key: ResourceKey, provider: Provider): void {
    this.#entries.delete(key);
    this.#untold.delete(key);
    const place = this.#waiting.findIndex((entry) => entry.provider === provider);
    if (place >= 0) this.#waiting.splice(place, 1);
  }

  #followOne(provider: Provider): void {
    const { key, resource } = provider;
    const { listing } = resource;
    const known = this.#entries.get(key);
    if (listing === undefined || known?.provider === provider) return;
    if (known === undefined) {
      const nothing = { models: undefined, error: undefined, failures: 0, askedAtMs: Number.NEGATIVE_INFINITY, cancel: undefined };
      const entry: Entry = { provider, subject: listing.subject, ...nothing };
      this.#entries.set(key, entry);
      this.#enqueue(entry);
      return;
    }
    known.provider = provider;
    known.failures = 0;
    if (known.subject !== listing.subject) Object.assign(known, { subject: listing.subject, models: undefined, error: undefined });
    // One that is under way sees at its end that it asked the provider as it was; one that waits may do so in a shorter queue.
    if (known.cancel === undefined) {
      this.#askNext();
      return;
    }
    known.cancel();
    this.#schedule(known, Math.max(0, known.askedAtMs + MIN_GAP_MS - this.#deps.clock.monotonicMs()));
  }

  #schedule(entry: Entry, delayMs: number): void {
    entry.cancel = this.#deps.after(delayMs, () => this.#enqueue(entry));
  }

  #enqueue(entry: Entry): void {
    entry.cancel = undefined;
    this.#waiting.push(entry);
    this.#askNext();
  }

  #askNext(): void {
    while (this.#running < MAX_AT_ONCE) {
      const place = this.#waiting.findIndex(({ failures }) => failures === 0 || this.#failingRunning < MAX_FAILING_AT_ONCE);
      const [entry] = place < 0 ? [] : this.#waiting.splice(place, 1);
      if (entry === undefined) return;
      const failing = entry.failures === 0 ? 0 : 1;
      this.#running += 1;
      this.#failingRunning += failing;
      void this.#ask(entry).finally(() => {
        this.#running -= 1;
        this.#failingRunning -= failing;
        this.#askNext();
      });
    }
  }

  async #ask(entry: Entry): Promise<void> {
    const { ask, clock } = this.#deps;
    const { provider } = entry;
    entry.askedAtMs = clock.monotonicMs();
    const outcome = await ask(provider);
    if (this.#stopped || this.#entries.get(provider.key) !== entry) return;
    if (entry.provider !== provider) {
      this.#schedule(entry, Math.max(0, entry.askedAtMs + MIN_GAP_MS - clock.monotonicMs()));
      return;
    }
    this.#take(entry, outcome);
    this.#schedule(entry, this.#pauseMs(entry));
  }

  #take(entry: Entry, outcome: ListingOutcome): void {
    const { key } = entry.provider;
    const models = outcome.type === 'listed' ? outcome.models : entry.models;
    const error = outcome.type === 'failed' ? outcome.reason : undefined;
    entry.failures = outcome.type === 'failed' ? entry.failures + 1 : 0;
    if (entry.error === error && (entry.models === models || isDeepStrictEqual(entry.models, models))) return;
    entry.models = models;
    entry.error = error;
    this.#untold.add(key);
    this.#deps.onNews(key, outcome);
  }

  #pauseMs({ failures }: Entry): number {
    const random = this.#deps.random();
    if (failures === 0) return EVERY_MS * (1 + EVERY_JITTER * (2 * random - 1));
    return Math.min(EVERY_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20)) * (0.5 + 0.5 * random);
  }
}

function reportOf(key: ResourceKey, { subject, models, error }: Entry): ListingReport {
  return { key, subject, ...(models === undefined ? {} : { models }), ...(error === undefined ? {} : { error }) };
}
