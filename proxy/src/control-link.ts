import type { ReportFrame, UpstreamDialectId } from '@headgate/crds';
import type { Logger } from 'pino';
import type { ProxyMetrics } from './emit/metrics.ts';
import type { ReportOutcome } from './emit/reporter.ts';
import { logSubscription } from './log-subscription.ts';
import type { ProxyOptions } from './proxy-options.ts';
import { type ColdStartSource, coldStart, type TableFile } from './snapshot/cold-start.ts';
import { ControlClient } from './snapshot/control-client.ts';
import { ControlSubscriber } from './snapshot/control-subscriber.ts';
import { DiskCopy } from './snapshot/disk-copy.ts';
import { readMountedTable } from './snapshot/mounted-table.ts';
import { mayJudgeKeys, staleSeconds } from './snapshot/table-freshness.ts';
import type { TableStore } from './snapshot/table-store.ts';
import { systemClock } from './support/clock.ts';
import { VERSION } from './support/version.ts';

export interface ControlLinkDeps {
  readonly store: TableStore;
  readonly metrics: ProxyMetrics;
  readonly logger: Logger;
  readonly dialects: readonly UpstreamDialectId[];
  /** A stream has begun, maybe with another operator. */
  readonly onConnected: () => void;
}

/** Everything through which tables reach this proxy: the control stream, the copy on disk, the mounted snapshot. */
export class ControlLink {
  readonly #store: TableStore;
  readonly #logger: Logger;
  readonly #client: ControlClient | undefined;
  readonly #subscriber: ControlSubscriber | undefined;
  readonly #disk: DiskCopy | undefined;
  readonly #snapshotDir: string | undefined;

  constructor(options: ProxyOptions & { readonly proxyId: string }, deps: ControlLinkDeps) {
    const { store, logger } = deps;
    this.#store = store;
    this.#logger = logger;
    this.#snapshotDir = options.snapshotDir;
    if (options.stateDir !== undefined) {
      const disk = new DiskCopy(options.stateDir, (reason) => logger.warn({ reason }, 'the table could not be copied to disk'));
      this.#disk = disk;
      store.onSwap((snapshot) => disk.offer(snapshot));
    }
    if (options.control === undefined) return;
    const log = logSubscription(logger, deps.metrics);
    this.#client = new ControlClient({ ...options.control, proxyId: options.proxyId });
    this.#subscriber = new ControlSubscriber({
      client: this.#client,
      store,
      clock: systemClock,
      random: Math.random,
      version: VERSION,
      dialects: deps.dialects,
      listener: {
        ...log,
        onConnected: () => {
          log.onConnected();
          deps.onConnected();
        },
      },
    });
  }

  /** True when an unknown key may be called wrong. Without a control stream the table is what it is. */
  get tableIsFresh(): boolean {
    return this.#subscriber === undefined || mayJudgeKeys(this.#subscriber.freshness);
  }

  get staleSeconds(): number {
    return this.#subscriber === undefined ? 0 : staleSeconds(this.#subscriber.freshness, systemClock.monotonicMs());
  }

  /** Begins to follow the operator and, unless there is a table already, gets the first from wherever there is one. */
  async start(): Promise<ColdStartSource> {
    this.#subscriber?.start();
    if (this.#hasTable()) return 'none';
    const source = await coldStart({
      store: this.#store,
      stream: this.#subscriber?.firstOutcome,
      files: this.#files(),
      onUnusable: (file, reason) => this.#logger.warn({ file, reason }, 'a stored table cannot be used'),
    });
    const revision = this.#store.current?.revision;
    if (source === 'none') this.#logger.warn('no routing table yet: not ready until the operator sends one');
    else this.#logger.info({ source, revision }, 'serving the first routing table');
    return source;
  }

  #hasTable(): boolean {
    return this.#store.current !== undefined;
  }

  async report(frame: ReportFrame): Promise<ReportOutcome> {
    const outcome = await this.#client?.post(frame);
    if (outcome === undefined) return 'failed';
    if (outcome.type === 'ok') return 'accepted';
    if (outcome.status !== 400 && outcome.status !== 413) return 'failed';
    this.#logger.error({ reason: outcome.reason }, 'the operator refuses a report, which is dropped');
    return 'refused';
  }

  async stop(): Promise<void> {
    await this.#subscriber?.stop();
    await this.#disk?.flushed();
    this.#store.close();
  }

  #files(): readonly TableFile[] {
    const disk = this.#disk;
    const folder = this.#snapshotDir;
    return [
      ...(disk === undefined ? [] : [{ source: 'disk' as const, read: () => disk.read() }]),
      ...(folder === undefined ? [] : [{ source: 'mounted' as const, read: () => readMountedTable(folder) }]),
    ];
  }
}
