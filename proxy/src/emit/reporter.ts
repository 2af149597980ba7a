import type { ListingReport, ReportFrame, ResourceKey } from '@headgate/crds';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Clock } from '../support/clock.ts';
import { describeProviders } from './provider-states.ts';
import { ReportWindow } from './report-window.ts';

export interface ReporterContext {
  readonly clock: Clock;
  readonly proxyId: string;
  readonly intervalMs: number;
  readonly snapshot: () => Snapshot | undefined;
  /** What providers list and the operator has not been told; taken as told. */
  readonly listings: () => readonly ListingReport[];
  /** Never rejects. */
  readonly send: (frame: ReportFrame) => Promise<ReportOutcome>;
}

/** `refused`: the operator has read it and will never take it. */
export type ReportOutcome = 'accepted' | 'refused' | 'failed';

/** Providers that are well and idle are told in every so many reports, so that a new leader learns of them too. */
const FULL_EVERY = 15;

/**
 * Tells the operator what happened since the last report. A frame that was not taken is sent again unchanged, so that
 * (epoch, sequence) makes a repetition harmless; meanwhile counts add up in the next window, which the table bounds. One that
 * was refused is dropped: sent again and again, it would be the last that the operator hears of this proxy.
 */
export class Reporter {
  readonly #context: ReporterContext;
  readonly #epoch: number;
  #sequence = 0;
  #window = new ReportWindow();
  #windowBeganMs: number;
  #pending: ReportFrame | undefined;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Providers whose last report was not idle: their return to normal has to be told once. */
  #lively = new Set<ResourceKey>();

  constructor(context: ReporterContext) {
    this.#context = context;
    this.#epoch = context.clock.wallMs();
    this.#windowBeganMs = context.clock.monotonicMs();
  }

  /** Where requests of now are counted. */
  get window(): ReportWindow {
    return this.#window;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), this.#context.intervalMs);
    this.#timer.unref();
  }

  /** Stops the schedule and tries to hand over what is left. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sending;
    await this.flush();
    if (this.#pending === undefined) await this.flush();
  }

  /** Sends the frame that is due, one at a time. */
  flush(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #send(): Promise<void> {
    this.#pending ??= this.#compose();
    if (this.#pending === undefined) return;
    if ((await this.#context.send(this.#pending)) !== 'failed') this.#pending = undefined;
  }

  /** Undefined = there is nothing to tell. */
  #compose(): ReportFrame | undefined {
    const snapshot = this.#context.snapshot();
    if (snapshot === undefined) return undefined;
    const { clock, proxyId } = this.#context;
    const window = this.#window;
    const nowMs = clock.monotonicMs();
    const full = this.#sequence % FULL_EVERY === 0;
    const described = describeProviders(snapshot, window.models, clock);
    const told = described.filter(({ report, idle }) => full || !idle || this.#lively.has(report.key));
    this.#lively = new Set(described.filter(({ idle }) => !idle).map(({ report }) => report.key));
    this.#sequence += 1;
    this.#window = new ReportWindow();
    const windowMs = Math.round(nowMs - this.#windowBeganMs);
    this.#windowBeganMs = nowMs;
    const listings = this.#context.listings();
    return {
      type: 'report',
      proxyId,
      epoch: this.#epoch,
      sequence: this.#sequence,
      windowMs,
      providers: told.map(({ report }) => report),
      policies: window.policies(),
      ...(listings.length === 0 ? {} : { listings }),
    };
  }
}
