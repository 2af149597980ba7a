import { writeFile } from 'node:fs/promises';
import { FolderSource } from '../collect/folder-source.ts';
import type { ManifestObject } from '../collect/manifest-object.ts';
import { staticTokenAuthenticator } from '../deliver/authenticate-proxy.ts';
import { MemoryCertificateStore } from '../deliver/certificate-store.ts';
import { newKeySalt } from '../deliver/hash-consumer-key.ts';
import { ConsoleStatusSink } from '../report/console-status-sink.ts';
import { FolderStatusSink } from '../report/folder-status-sink.ts';
import type { OperatorMetrics } from '../report/operator-metrics.ts';
import type { Clock } from '../support/clock.ts';
import type { Logger } from '../support/logger.ts';
import type { DevWorkspace } from './dev-workspace.ts';
import { OperatorCore } from './operator-core.ts';

const HOST = '127.0.0.1';

export interface DevOperatorOptions {
  readonly folder: string;
  readonly adminPort: number;
  readonly workspace: DevWorkspace;
  readonly simulatorUrl: string | undefined;
  /** Objects made from the environment. */
  readonly generated: readonly ManifestObject[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: OperatorMetrics;
}

/** The operator over a folder: the only one there is, so it leads from the start. */
export class DevOperator {
  readonly source: FolderSource;
  readonly #options: DevOperatorOptions;
  readonly #core: OperatorCore;
  readonly #waiting: { readonly proxies: number; readonly done: () => void }[] = [];

  constructor(options: DevOperatorOptions) {
    this.#options = options;
    const { folder, adminPort, workspace, simulatorUrl, generated, clock, log, metrics } = options;
    const settings = {
      keySalt: newKeySalt(),
      // Everything of `headgate dev` is on this machine, and so may be the model servers of who runs it.
      allowedPrivateHosts: [HOST, 'localhost'],
      // The identity is the one of who runs it.
      workloadIdentityAllowed: true,
      ...(simulatorUrl === undefined ? {} : { simulatorUrl }),
    };
    const source = new FolderSource({ folder, clock, log, settings, generated });
    this.source = source;
    const files = new FolderStatusSink({ folder, fileOf: (id) => source.fileOf(id), problems: () => source.problems(), clock, log });
    this.#core = new OperatorCore({
      source,
      authenticator: staticTokenAuthenticator(workspace.token),
      certificateStore: new MemoryCertificateStore(),
      controlHosts: [HOST, 'localhost'],
      controlPort: 0,
      adminPort,
      bind: HOST,
      term: () => 1,
      isLeader: () => true,
      // Whoever deletes files means it.
      confirmShrink: () => Promise.resolve(true),
      statusSink: new ConsoleStatusSink(files, log),
      onConverged: () => this.#tellWaiting(),
      extraStatus: () => ({ manifests: { folder, problems: source.problems() } }),
      clock,
      log,
      metrics,
    });
  }

  /** Resolves with the control port; the authority is in the workspace then. */
  async start(): Promise<number> {
    await this.#core.listenAdmin();
    const port = await this.#core.listenControl();
    await writeFile(this.#options.workspace.caFile, this.#core.authorityPem() ?? '');
    await this.source.start();
    this.#core.lead(1, { revision: 0, resources: new Map() });
    return port ?? 0;
  }

  /** Resolves when that many proxies hold the present table. */
  whenHeldBy(proxies: number): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ proxies, done });
      this.#tellWaiting();
    });
  }

  stop(): Promise<void> {
    return this.#core.stop();
  }

  #tellWaiting(): void {
    for (const waiter of [...this.#waiting]) {
      if (!this.#core.isConverged(waiter.proxies)) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      waiter.done();
    }
  }
}
