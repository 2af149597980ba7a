import { createServer, type Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { DialectId, UpstreamDialectId } from '@headgate/crds';
import type { Logger } from 'pino';
import { closeGently } from './accept/close-gently.ts';
import { createDataServer, type RequestHandler } from './accept/data-server.ts';
import { watchHalfClose } from './accept/half-close.ts';
import { createAdmin } from './admin.ts';
import { ControlLink } from './control-link.ts';
import type { UpstreamDialect } from './dialects/dialect.ts';
import { DIALECTS, UPSTREAM_DIALECTS } from './dialects/registry.ts';
import { Dispatcher } from './dispatch/dispatcher.ts';
import { explainNetworkError } from './dispatch/network-failure.ts';
import { RealtimeRelay } from './dispatch/relay/realtime-relay.ts';
import { ResourceRelay } from './dispatch/relay/resource-relay.ts';
import { ProxyMetrics } from './emit/metrics.ts';
import { countEndpoints } from './emit/provider-states.ts';
import { Recorder } from './emit/recorder.ts';
import { Reporter } from './emit/reporter.ts';
import { askForModels } from './listing/ask-for-models.ts';
import { ModelLister } from './listing/model-lister.ts';
import { type PipelineContext, serve } from './pipeline.ts';
import type { ProxyOptions } from './proxy-options.ts';
import { Authorizers } from './signing/authorizers.ts';
import { thisPod } from './signing/pod.ts';
import { createTokenFetch } from './signing/token-fetch.ts';
import { DispatcherPool } from './snapshot/dispatcher-pool.ts';
import { SignalStore } from './snapshot/signal-store.ts';
import { TableStore } from './snapshot/table-store.ts';
import { systemClock } from './support/clock.ts';
import { DeadlineList } from './support/deadlines.ts';
import { listen } from './support/listen.ts';
import { createLogger, createLoggerOn, type LineSink } from './support/logger.ts';
import { createRequestIds } from './support/request-ids.ts';
import { VERSION } from './support/version.ts';
import { callerError } from './wire/caller-error.ts';

/** A proxy that serves. */
export interface RunningProxy {
  readonly dataPort: number;
  readonly adminPort: number;
  readonly store: TableStore;
  readonly metrics: ProxyMetrics;
  readonly logger: Logger;
  /** Requests being answered now. */
  readonly inFlight: number;
  /** The log's reader takes nothing: node's own exit would wait for it. */
  readonly logIsStuck: boolean;
  /** Ends it gracefully: not ready, still accepting for a while, then only finishing, then telling the rest in-band. */
  drain(): Promise<void>;
  /** Ends it at once. */
  close(): Promise<void>;
}

const DEFAULT_MAX_BODY_BYTES = 32 * 1024 * 1024;
const BODY_TIMEOUT_MS = 120_000;
const SLOW_READER_MS = 60_000;
const REPORT_INTERVAL_MS = 2000;
const TOKEN_CONNECT_MS = 2000;
/** How long nothing must have been asked before idle connections are ended. */
const QUIET_MS = 1000;
/** For the last in-band errors to reach their callers. */
const FLUSH_MS = 1000;

/**
 * Starts a proxy: admin port first (so that probes get an answer), then the first table, then the data port. Rejects with
 * node's error when a port cannot be taken.
 */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const parts = assemble(options);
  const { admin, data, link, store, reporter } = parts;
  const bind = options.bind === undefined ? {} : { host: options.bind };
  const adminPort = await listen(admin, { port: options.adminPort ?? 0, ...bind });
  if (options.table !== undefined) store.load(options.table);
  const started = link.start();
  // A proxy that shares its port must not attract connections that it cannot serve yet.
  if (options.reusePort === true) await started.then(() => firstTable(store));
  const dataPort = await listen(data, { port: options.dataPort ?? 0, reusePort: options.reusePort ?? false, ...bind }).catch(
    async (error: Error) => {
      await parts.close();
      throw error;
    },
  );
  await started;
  if (options.control !== undefined) reporter.start();
  parts.logger.info({ dataPort, adminPort, version: VERSION }, 'listening');
  return {
    dataPort,
    adminPort,
    store,
    metrics: parts.metrics,
    logger: parts.logger,
    get inFlight() {
      return parts.gate.inFlight;
    },
    get logIsStuck() {
      return parts.logIsStuck();
    },
    drain: () => drain(parts, options),
    close: () => parts.close(),
  };
}

/** Counts what is in progress and says whether the proxy is on its way out. */
interface Gate {
  inFlight: number;
  draining: boolean;
}

interface Parts {
  readonly gate: Gate;
  readonly admin: Server;
  readonly data: Server;
  readonly link: ControlLink;
  readonly store: TableStore;
  readonly metrics: ProxyMetrics;
  readonly logger: Logger;
  readonly logIsStuck: () => boolean;
  readonly reporter: Reporter;
  readonly dispatcher: Dispatcher;
  close(): Promise<void>;
}

function assemble(options: ProxyOptions): Parts {
  const gate: Gate = { inFlight: 0, draining: false };
  const log =
    options.logTo === undefined ? createLogger(options.logLevel ?? 'info') : createLoggerOn(options.logLevel ?? 'info', options.logTo);
  const { logger, lines } = log;
  const metrics = new ProxyMetrics();
  const deadlines = new DeadlineList(systemClock);
  const dispatchers = new DispatcherPool();
  const tokens = createTokenFetch(
    dispatchers.connectorFor({ connectMs: TOKEN_CONNECT_MS, tls: undefined, privateAddressesAllowed: false }),
  );
  const authorizers = new Authorizers({ clock: systemClock, random: Math.random, fetch: tokens.fetch, pod: thisPod });
  const store = new TableStore({ signals: new SignalStore(Math.random), dispatchers, authorizers, version: VERSION });
  const { lister, stopListing } = createLister(logger);
  if (options.control !== undefined) store.onSwap((snapshot) => lister.follow(snapshot));
  const proxyId = options.proxyId ?? 'proxy';
  const link = new ControlLink(
    { ...options, proxyId },
    { store, metrics, logger, dialects: Object.values(UPSTREAM_DIALECTS).map(({ id }) => id), onConnected: () => lister.tellAll() },
  );
  const reporter = new Reporter({
    clock: systemClock,
    proxyId,
    intervalMs: options.reportIntervalMs ?? REPORT_INTERVAL_MS,
    snapshot: () => store.current,
    listings: () => lister.news(),
    send: async (frame) => {
      const outcome = await link.report(frame);
      metrics.reports.handle({ outcome }).value += 1;
      return outcome;
    },
  });
  const context = createContext(options, { gate, logger, lines, metrics, deadlines, store, link, reporter, dispatchers });
  const data = createData(context, gate, options);
  const admin = createServer(createAdmin({ metrics, snapshot: () => store.current, draining: () => gate.draining }));
  metrics.observeSources({
    requestsInFlight: () => gate.inFlight,
    tableRevision: () => store.current?.revision ?? 0,
    tableResources: () => store.current?.resources.size ?? 0,
    tableStaleSeconds: () => link.staleSeconds,
    endpoints: () => (store.current === undefined ? [] : countEndpoints(store.current, systemClock)),
  });
  const close = async (): Promise<void> => {
    gate.draining = true;
    context.dispatcher.closeSessions();
    for (const server of [data, admin]) {
      server.close();
      server.closeAllConnections();
    }
    stopListing();
    await reporter.stop();
    await link.stop();
    await Promise.all([dispatchers.destroy(), tokens.close()]);
    deadlines.stop();
    await log.close();
  };
  const { dispatcher } = context;
  return { gate, admin, data, link, store, metrics, logger, logIsStuck: log.stuck, reporter, dispatcher, close };
}

/** What it learns is for the operator: calls go on without it. */
function createLister(logger: Logger): { readonly lister: ModelLister; readonly stopListing: () => void } {
  const stopping = new AbortController();
  const deps = { stop: stopping.signal, explain: (error: Error) => explainNetworkError(error).message };
  const lister = new ModelLister({
    ask: (provider) => askForModels(provider, deps),
    clock: systemClock,
    random: Math.random,
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs).unref();
      return () => clearTimeout(timer);
    },
    onNews: (provider, outcome) => {
      if (outcome.type === 'listed') logger.info({ provider, models: outcome.models.length }, 'read which models a provider has');
      else logger.warn({ provider, reason: outcome.reason }, 'a provider does not say which models it has');
    },
  });
  const stopListing = (): void => {
    lister.stop();
    stopping.abort();
  };
  return { lister, stopListing };
}

type ContextParts = Pick<Parts, 'gate' | 'logger' | 'metrics' | 'store' | 'link' | 'reporter'> & {
  readonly deadlines: DeadlineList;
  readonly lines: LineSink;
  readonly dispatchers: DispatcherPool;
};

function createContext(options: ProxyOptions, parts: ContextParts): PipelineContext {
  const { gate, logger, lines, metrics, deadlines, store, link, reporter, dispatchers } = parts;
  const clock = systemClock;
  const shared = { clock, deadlines, dialectOf: (id: DialectId) => DIALECTS[id], random: Math.random };
  const upstreamDialectOf = (id: UpstreamDialectId): UpstreamDialect => UPSTREAM_DIALECTS[id];
  const connectorFor: DispatcherPool['connectorFor'] = (settings) => dispatchers.connectorFor(settings);
  const realtime = new RealtimeRelay({ clock, random: Math.random, upstreamDialectOf, connectorFor });
  return {
    ...shared,
    snapshot: () => store.current,
    tableIsFresh: () => link.tableIsFresh,
    generateId: createRequestIds(),
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    bodyTimeoutMs: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
    draining: () => gate.draining,
    cache: undefined,
    dispatcher: new Dispatcher({ ...shared, upstreamDialectOf, slowReaderMs: options.slowReaderMs ?? SLOW_READER_MS }, realtime),
    resources: new ResourceRelay(connectorFor),
    recorder: new Recorder({ metrics, clock, lines, reportWindow: () => reporter.window }),
    onDefect: (error, requestId) => {
      metrics.internalErrors.handle({ where: 'request' }).value += 1;
      logger.error({ err: error, requestId }, 'a request failed for a reason inside the proxy');
    },
  };
}

function createData(context: PipelineContext, gate: Gate, options: ProxyOptions): Server {
  const handle: RequestHandler = (request, response, upgrade) => {
    gate.inFlight += 1;
    void serve({ request, response, upgrade }, context).finally(() => {
      gate.inFlight -= 1;
    });
  };
  const server = createDataServer(
    {
      handle,
      encodeConnectionError: (error, { anthropic, inRequest }) => {
        const requestId = context.generateId();
        if (!inRequest) context.recorder.recordConnectionError(error, requestId);
        return JSON.stringify(DIALECTS[anthropic ? 'anthropic-messages' : 'openai-chat'].encodeError(error, requestId));
      },
    },
    options.serverTimeouts,
  );
  watchHalfClose(server);
  return server;
}

function firstTable(store: TableStore): Promise<void> {
  if (store.current !== undefined) return Promise.resolve();
  return new Promise((resolve) => {
    store.onSwap(() => resolve());
  });
}

async function drain(parts: Parts, options: ProxyOptions): Promise<void> {
  const { gate, data, dispatcher, logger } = parts;
  if (gate.draining) return;
  gate.draining = true;
  logger.info({ inFlight: gate.inFlight }, 'shutting down: not ready, finishing what is in progress');
  const minDrainMs = options.minDrainMs ?? 2000;
  await pause(minDrainMs);
  const finished = closeGently(data, Math.min(QUIET_MS, minDrainMs), () => gate.inFlight).then(() => 'finished' as const);
  const overdue = new AbortController();
  const late = pause(options.drainMs ?? 300_000, 'late' as const, { signal: overdue.signal }).catch(() => 'late' as const);
  if ((await Promise.race([finished, late])) === 'late') {
    logger.warn({ inFlight: gate.inFlight }, 'cutting the answers that did not finish in time');
    dispatcher.interruptAll(callerError('shutting_down', 'This proxy is shutting down; send the request again.', { shouldRetry: true }));
    await Promise.race([finished, pause(FLUSH_MS)]);
  }
  overdue.abort();
  await parts.close();
}
