import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { AckFrame, HelloFrame, RejectedResource, ReportFrame } from '@headgate/crds';
import type { Clock, Timer } from '../support/clock.ts';
import type { Logger } from '../support/logger.ts';
import type { ProxyAuthenticator } from './authenticate-proxy.ts';
import { handleControlRequest } from './control-routes.ts';
import { Debouncer } from './debouncer.ts';
import type { LastGood } from './last-good.ts';
import { ProxyRoster, type ProxyState } from './proxy-roster.ts';
import { ProxySession } from './proxy-session.ts';
import { ResponseSink } from './response-sink.ts';
import type { PublishedTable, TablePublisher } from './table-publisher.ts';
import { UpdateFrames } from './update-frames.ts';

const HEARTBEAT_MS = 15_000;
const STUCK_AFTER_MS = 30_000;

/** What later stages want to know of the proxies; called synchronously, must not throw. */
export interface ControlListeners {
  /** A stream to the proxy is open. */
  onJoined(proxyId: string): void;
  onAck(proxyId: string, revision: number, rejected: readonly RejectedResource[]): void;
  onReport(report: ReportFrame): void;
  /** The proxy did not come back within the grace. */
  onGone(proxyId: string): void;
  /** Every counted proxy acknowledged the table; `awaited` = there were proxies to tell when it was published. */
  onConverged(table: PublishedTable, awaited: boolean): void;
}

export interface ControlServerOptions {
  readonly publisher: TablePublisher;
  readonly lastGood: LastGood;
  readonly authenticator: ProxyAuthenticator;
  readonly clock: Clock;
  readonly log: Logger;
  readonly listeners: ControlListeners;
  /** Whether this replica leads at this very moment: asked before it numbers itself above another leader. */
  readonly isLeader: () => boolean;
}

/**
 * The control stream: TLS server, one long `GET /control/v1/updates` down per proxy, `POST /control/v1/reports` up.
 * Every replica listens; only the leader serves, the others answer 503 so that a proxy tries again.
 */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #frames: UpdateFrames;
  readonly #roster: ProxyRoster;
  readonly #fleet: Debouncer;
  #server: Server | undefined;
  #heartbeat: Timer | undefined;
  #leading = false;
  #convergedRevision = 0;
  #awaitedRevision = 0;

  constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#frames = new UpdateFrames(options.publisher, options.lastGood);
    this.#roster = new ProxyRoster(options.clock, (proxyId) => this.#gone(proxyId));
    this.#fleet = new Debouncer(options.clock, () => this.#tellFleet(), { quietMs: 100, maxMs: 1000 });
    options.publisher.onPublish((table) => {
      if (this.#roster.connectedCount() > 0) this.#awaitedRevision = table.revision;
      for (const session of this.#roster.sessions()) session.flush();
    });
  }

  /** Listens with the given leaf; port 0 picks a free one. Rejects when the port cannot be bound. */
  async listen(port: number, host: string | undefined, leaf: { readonly certPem: string; readonly keyPem: string }): Promise<number> {
    const server = createServer(
      {
        cert: leaf.certPem,
        key: leaf.keyPem,
        minVersion: 'TLSv1.2',
        headersTimeout: 10_000,
        requestTimeout: 30_000,
        keepAliveTimeout: 75_000,
      },
      (request, response) => this.#handle(request, response),
    );
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host }, () => {
        server.removeListener('error', reject);
        server.on('error', (error) => this.#options.log.error({ error: error.message }, 'control server failed'));
        resolve();
      });
    });
    this.#tick();
    const address = server.address();
    return isAddressInfo(address) ? address.port : port;
  }

  /** New connections get this leaf from now on; those that are open keep theirs. */
  renew(leaf: { readonly certPem: string; readonly keyPem: string }): void {
    this.#server?.setSecureContext({ cert: leaf.certPem, key: leaf.keyPem, minVersion: 'TLSv1.2' });
  }

  lead(): void {
    this.#leading = true;
    this.#convergedRevision = 0;
  }

  /** Ends every stream at once: what this replica would send may be older than what the new leader sent. */
  resign(): void {
    this.#leading = false;
    this.#roster.clear();
  }

  async close(): Promise<void> {
    this.resign();
    this.#heartbeat?.cancel();
    this.#fleet.cancel();
    const server = this.#server;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  proxies(): readonly ProxyState[] {
    return this.#roster.states();
  }

  get authenticator(): ProxyAuthenticator {
    return this.#options.authenticator;
  }

  /** True when there is a table to give: this replica leads and has compiled from synced caches. */
  isServing(): boolean {
    return this.#leading && this.#options.publisher.table() !== undefined;
  }

  /** False = refused: the proxy holds a table of a later leadership, so this replica is not the leader it takes itself for. */
  greet(hello: HelloFrame): boolean {
    const { publisher, lastGood, clock, log } = this.#options;
    if (hello.heldRevision > (publisher.table()?.revision ?? 0)) {
      if (!this.#options.isLeader()) return false;
      // The Lease or the snapshot was deleted and numbering began anew: go on above what the proxies hold.
      log.warn({ proxyId: hello.proxyId, heldRevision: hello.heldRevision }, 'a proxy holds a newer revision than was ever published here');
      publisher.raiseAbove(hello.heldRevision);
      if (hello.heldRevision > (publisher.table()?.revision ?? 0)) publisher.republish(clock.now());
    }
    const before = this.#roster.get(hello.proxyId);
    if (before !== undefined && before.hello.version !== hello.version) lastGood.forget(hello.proxyId);
    this.#roster.join(new ProxySession(hello, this.#frames, () => clock.monotonic()));
    return true;
  }

  /** False = no hello that has not been used up. */
  openStream(proxyId: string, response: ServerResponse): boolean {
    const session = this.#roster.get(proxyId);
    if (session === undefined || session.spent) return false;
    const sink = new ResponseSink(response);
    response.once('close', () => {
      session.detach(sink);
      this.#roster.leave(session);
      this.#fleet.trigger();
    });
    this.#options.listeners.onJoined(proxyId);
    session.attach(sink);
    this.#fleet.trigger();
    return true;
  }

  /** False = the proxy is not known here. */
  acknowledge(ack: AckFrame): boolean {
    const { lastGood, publisher, listeners, log, clock } = this.#options;
    const session = this.#roster.get(ack.proxyId);
    if (session === undefined) return false;
    const outcome = session.acknowledge(ack);
    if (outcome.type === 'Ignored') return true;
    for (const { key, hash, reason } of outcome.rejected) {
      log.warn({ proxyId: ack.proxyId, resource: key, reason }, 'a proxy refused a resource');
      lastGood.reject(key, hash, ack.proxyId, reason);
    }
    listeners.onAck(ack.proxyId, outcome.revision, outcome.rejected);
    this.#checkConvergence();
    if (outcome.uncovered) publisher.republish(clock.now());
    session.flush();
    return true;
  }

  report(report: ReportFrame): void {
    this.#options.listeners.onReport(report);
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    handleControlRequest(this, request, response).catch((error: unknown) => {
      this.#options.log.error({ error: error instanceof Error ? error.stack : String(error) }, 'control request failed');
      response.destroy();
    });
  }

  #gone(proxyId: string): void {
    this.#options.lastGood.forget(proxyId);
    this.#options.listeners.onGone(proxyId);
    this.#checkConvergence();
  }

  #checkConvergence(): void {
    const lowest = this.#roster.lowestAcked();
    const table = this.#options.publisher.table();
    if (lowest === undefined || table === undefined || lowest <= this.#convergedRevision) return;
    this.#convergedRevision = lowest;
    this.#options.lastGood.acknowledged(lowest);
    if (lowest >= table.revision) this.#options.listeners.onConverged(table, table.revision === this.#awaitedRevision);
  }

  #tellFleet(): void {
    const proxies = this.#roster.connectedCount();
    for (const session of this.#roster.sessions()) session.send({ type: 'fleet', proxies });
  }

  #tick(): void {
    this.#heartbeat = this.#options.clock.setTimeout(() => {
      const revision = this.#options.publisher.table()?.revision ?? 0;
      for (const session of this.#roster.sessions()) {
        if (session.isStuck(STUCK_AFTER_MS)) session.detach();
        else session.send({ type: 'heartbeat', revision });
      }
      this.#tick();
    }, HEARTBEAT_MS);
  }
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
