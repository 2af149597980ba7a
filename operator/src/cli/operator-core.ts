import type { Server } from 'node:http';
import { findModel, findVendor, type ResourceKey, type TableResource } from '@headgate/crds';
import { createAdmin, listenAdmin } from '../admin.ts';
import { ModelListings } from '../collect/model-listings.ts';
import type { Source } from '../collect/source.ts';
import { SourceWithListings } from '../collect/source-with-listings.ts';
import type { World } from '../collect/world.ts';
import type { Compilation } from '../compile/compilation.ts';
import { compile } from '../compile/compile.ts';
import type { ProxyAuthenticator } from '../deliver/authenticate-proxy.ts';
import type { CertificateStore } from '../deliver/certificate-store.ts';
import { ControlCertificate } from '../deliver/control-certificate.ts';
import { ControlServer } from '../deliver/control-server.ts';
import { Debouncer } from '../deliver/debouncer.ts';
import { hashConsumerKey } from '../deliver/hash-consumer-key.ts';
import { LastGood } from '../deliver/last-good.ts';
import { ShrinkHold } from '../deliver/shrink-hold.ts';
import type { SnapshotForms } from '../deliver/snapshot-secrets.ts';
import { type PublishedTable, TablePublisher } from '../deliver/table-publisher.ts';
import { Reconciler } from '../reconciler.ts';
import type { OperatorMetrics } from '../report/operator-metrics.ts';
import { ReportLoop } from '../report/report-loop.ts';
import type { StatusSink } from '../report/status-sink.ts';
import type { Clock } from '../support/clock.ts';
import type { Logger } from '../support/logger.ts';
import { WorkQueue } from '../support/work-queue.ts';
import { describeListenError, StartError } from './start-error.ts';

const TABLE = 'table';
/** Every proxy tells of the same lists within its interval of reports: the table is made once for all of them. */
const LISTINGS_DEBOUNCE = { quietMs: 2_500, maxMs: 10_000 };

export interface OperatorCoreOptions {
  readonly source: Source;
  readonly authenticator: ProxyAuthenticator;
  readonly certificateStore: CertificateStore;
  /** Names and addresses in the certificate of the control port. */
  readonly controlHosts: readonly string[];
  /** 0 = any free port. */
  readonly controlPort: number;
  readonly adminPort: number;
  /** Address to bind; undefined = all. */
  readonly bind: string | undefined;
  /** Term of the own leadership; 0 = does not lead. */
  readonly term: () => number;
  readonly isLeader: () => boolean;
  readonly confirmShrink: (sinceMs: number) => Promise<boolean>;
  readonly statusSink: StatusSink;
  /** Every proxy acknowledged this table. */
  readonly onConverged: (table: PublishedTable) => void;
  /** More members for GET /status. */
  readonly extraStatus: () => object;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: OperatorMetrics;
}

/** collect -> compile -> deliver -> report, wired; the same over an API server and over a folder. */
export class OperatorCore {
  readonly #options: OperatorCoreOptions;
  readonly #lastGood: LastGood = new LastGood();
  readonly #publisher: TablePublisher = new TablePublisher(this.#lastGood);
  readonly #server: ControlServer;
  readonly #certificate: ControlCertificate;
  readonly #hold: ShrinkHold;
  readonly #reconciler: Reconciler;
  readonly #queue: WorkQueue;
  readonly #debouncer: Debouncer;
  readonly #report: ReportLoop;
  readonly #source: SourceWithListings;
  readonly #listings: ModelListings = new ModelListings();
  readonly #newListings: Debouncer;
  #changedAtMs = 0;
  #admin: Server | undefined;

  constructor(options: OperatorCoreOptions) {
    this.#options = options;
    const { clock, log, metrics, term } = options;
    const source = new SourceWithListings(options.source);
    this.#source = source;
    this.#newListings = new Debouncer(clock, () => source.tell(this.#listings.current), LISTINGS_DEBOUNCE);
    this.#report = new ReportLoop({ sink: options.statusSink, listingError: (key) => this.#listings.errorOf(key), clock, log });
    this.#publisher.onPublish((table) => this.#report.published(table));
    this.#server = new ControlServer({ ...options, publisher: this.#publisher, lastGood: this.#lastGood, listeners: this.#listeners() });
    this.#certificate = new ControlCertificate({
      store: options.certificateStore,
      hosts: options.controlHosts,
      clock,
      log,
      onRenewed: (leaf) => this.#server.renew(leaf),
    });
    this.#hold = new ShrinkHold(options.confirmShrink, clock, log);
    this.#reconciler = new Reconciler({
      source,
      hold: this.#hold,
      publisher: this.#publisher,
      compile: (world) => this.#compile(world),
      term,
      onCompiled: (compilation, world) => this.#compiled(compilation, world),
      observeMs: (durationMs) => metrics.observeReconcile(durationMs),
      clock,
      log,
    });
    this.#queue = new WorkQueue({ name: TABLE, clock, logger: log, count: metrics.count, concurrency: 1 }, () =>
      this.#reconciler.reconcile(this.#changedAtMs),
    );
    this.#debouncer = new Debouncer(clock, (firstMs) => {
      this.#changedAtMs = firstMs;
      this.#queue.add(TABLE);
    });
    source.onChange(() => this.#debouncer.trigger());
    this.#readGauges();
  }

  /** Opens the admin port first, so that probes are answered while the rest waits for the API server. */
  async listenAdmin(): Promise<void> {
    const pages = { metrics: this.#options.metrics, notReady: () => this.#notReady(), status: () => this.status() };
    const { adminPort, bind } = this.#options;
    try {
      this.#admin = await listenAdmin(createAdmin(pages), adminPort, bind);
    } catch (error) {
      throw new StartError(describeListenError(error, adminPort, 'admin'));
    }
  }

  /** Resolves with the control port once it listens; undefined when stopped before. */
  async listenControl(): Promise<number | undefined> {
    const leaf = await this.#certificate.start();
    if (leaf === undefined) return undefined;
    this.#report.start();
    const { controlPort, bind } = this.#options;
    try {
      return await this.#server.listen(controlPort, bind, leaf);
    } catch (error) {
      throw new StartError(describeListenError(error, controlPort, 'control'));
    }
  }

  /** PEM of the authority that signs the control port. */
  authorityPem(): string | undefined {
    return this.#certificate.authorityPem();
  }

  /** Takes up the leadership of `term`, on top of what the leader before left. */
  lead(term: number, inherited: SnapshotForms): void {
    this.#lastGood.clear();
    this.#lastGood.seed(inherited.resources);
    this.#publisher.lead(term, inherited);
    this.#report.lead();
    this.#server.lead();
    this.#debouncer.trigger();
  }

  /** Stops serving and writing at once. */
  resign(): void {
    this.#server.resign();
    this.#publisher.resign();
    this.#lastGood.clear();
    this.#report.clear();
    this.#newListings.cancel();
    this.#listings.clear();
    this.#source.tell(this.#listings.current);
  }

  /** What a proxy that starts with nothing should run. */
  formsForNewProxy(): SnapshotForms | undefined {
    const table = this.#publisher.table();
    if (table === undefined) return undefined;
    const resources = new Map<ResourceKey, TableResource>();
    for (const [key, current] of table.resources) {
      const form = this.#lastGood.formFor(key, current, undefined);
      if (form !== undefined) resources.set(key, form);
    }
    return { revision: table.revision, resources };
  }

  /** Body of GET /status. */
  status(): object {
    const table = this.#publisher.table();
    const proxies = this.#server.proxies().map((proxy) => ({
      ...proxy,
      state: proxy.connected && proxy.ackedRevision === table?.revision ? 'SYNCED' : 'STALE',
    }));
    return {
      leader: this.#options.isLeader(),
      revision: table?.revision ?? 0,
      proxies,
      objects: this.#report.objects().map(({ kind, object: { metadata }, status }) => {
        const { namespace, name, generation } = metadata;
        return { kind, namespace, name, generation, status };
      }),
      ...this.#options.extraStatus(),
    };
  }

  /** True when `count` proxies are connected and hold the present table. */
  isConverged(count: number): boolean {
    const revision = this.#publisher.table()?.revision;
    const synced = this.#server.proxies().filter((proxy) => proxy.connected && proxy.ackedRevision === revision);
    return revision !== undefined && synced.length >= count;
  }

  async stop(): Promise<void> {
    this.#debouncer.cancel();
    this.#newListings.cancel();
    this.#certificate.stop();
    await this.#source.stop();
    await this.#queue.shutDown();
    await this.#report.stop();
    await this.#server.close();
    const admin = this.#admin;
    if (admin === undefined) return;
    await new Promise<void>((resolve) => {
      admin.close(() => resolve());
      admin.closeAllConnections();
    });
  }

  #compile(world: World): Compilation {
    return compile(world, {
      catalogue: { findVendor, findModel },
      hashKey: (key) => hashConsumerKey(world.keySalt, key),
      lastGood: this.#publisher.resources(),
    });
  }

  #compiled(compilation: Compilation, world: World): void {
    this.#listings.retain((key) => compilation.diagnostics.has(key));
    this.#report.compiled(compilation, world);
  }

  #listeners(): ConstructorParameters<typeof ControlServer>[0]['listeners'] {
    return {
      onJoined: (proxyId) => this.#report.joined(proxyId),
      onAck: (proxyId, revision, rejected) => this.#report.acknowledged(proxyId, revision, rejected),
      onReport: (report) => {
        if (this.#report.reported(report) && this.#listings.merge(report)) this.#newListings.trigger();
      },
      onGone: (proxyId) => {
        this.#report.gone(proxyId);
        if (this.#listings.gone(proxyId)) this.#newListings.trigger();
      },
      onConverged: (table, awaited) => {
        if (awaited) this.#options.metrics.observeConvergence(this.#options.clock.now() - table.changedAtMs);
        this.#options.onConverged(table);
      },
    };
  }

  #notReady(): string | undefined {
    if (!this.#source.hasSynced()) return 'the objects are not read completely yet';
    if (this.#certificate.authorityPem() === undefined) return 'the control certificate is not there yet';
    if (this.#options.isLeader() && this.#publisher.table() === undefined) return 'no table is published yet';
    return undefined;
  }

  #readGauges(): void {
    this.#options.metrics.readGaugesFrom(() => {
      const revision = this.#publisher.table()?.revision ?? 0;
      const connected = this.#server.proxies().filter((proxy) => proxy.connected);
      const { providers, policies, consumers } = this.#source.world();
      return {
        revision,
        leader: this.#options.isLeader(),
        connectedProxies: connected.length,
        staleProxies: connected.filter((proxy) => proxy.ackedRevision < revision).length,
        shrinkHeld: this.#hold.holds,
        objects: providers.length + policies.length + consumers.length,
      };
    });
  }
}
