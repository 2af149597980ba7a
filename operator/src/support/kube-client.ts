import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { type DispatcherOptions, KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from 'undici';
import type { Clock } from './clock.ts';
import { HttpKubeApi } from './http-kube-api.ts';
import type { ApiResult, KubeApi } from './kube-api.ts';
import type { ConnectionTarget, KubeConnection } from './kube-connection.ts';
import { noAnswer } from './kube-failure.ts';

export interface KubeClientOptions {
  readonly clock: Clock;
  /** A kubeconfig; absent = `KUBECONFIG`, then `~/.kube/config`, then the service account of the pod. */
  readonly kubeconfigFile?: string | undefined;
  /** Limit for one request; the Lease elector wants max(1 s, renew deadline / 2) on a client of its own. */
  readonly requestTimeoutMs?: number;
}

const REQUEST_TIMEOUT_MS = 15_000;
const KUBECONFIG_CHECK_MS = 10_000;
/** undici drops idle sockets after 4 s, which costs a TLS handshake for almost every call of an idle operator. */
const KEEP_ALIVE_MS = 60_000;

/** A client of an API server. Nothing is read or opened before the first request. */
export function openKubeClient(options: KubeClientOptions): KubeApi {
  const connection = new KubeconfigConnection(options.clock, options.kubeconfigFile);
  return new HttpKubeApi(connection, options.clock, options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS);
}

/**
 * Kubeconfig and authentication of @kubernetes/client-node, connections of our own: that library makes a new undici Agent,
 * so a new TLS handshake and socket, for every request. Here one dispatcher serves all requests until the address, the CA,
 * the client certificate or the kubeconfig changes.
 */
export class KubeconfigConnection implements KubeConnection {
  readonly #clock: Clock;
  readonly #files: readonly string[];
  readonly #explicit: string | undefined;
  readonly #retired = new Set<Dispatcher>();
  #loaded: { readonly config: KubeConfig; readonly stamp: string } | undefined;
  #checkedMs = Number.NEGATIVE_INFINITY;
  #dispatcher: { readonly key: string; readonly dispatcher: Dispatcher } | undefined;

  constructor(clock: Clock, kubeconfigFile: string | undefined) {
    this.#clock = clock;
    this.#explicit = kubeconfigFile;
    this.#files = kubeconfigFile === undefined ? defaultKubeconfigFiles() : [kubeconfigFile];
  }

  async target(): Promise<ApiResult<ConnectionTarget>> {
    try {
      return { type: 'ok', value: await this.#target() };
    } catch (thrown) {
      // A file that is missing or half written, a credential plug-in that failed: the next request tries again.
      return { type: 'error', error: noAnswer('ClientConfiguration', thrown instanceof Error ? thrown.message : String(thrown)) };
    }
  }

  async close(): Promise<void> {
    const open = [...this.#retired, ...(this.#dispatcher === undefined ? [] : [this.#dispatcher.dispatcher])];
    this.#retired.clear();
    this.#dispatcher = undefined;
    await Promise.all(open.map((dispatcher) => dispatcher.destroy()));
  }

  async #target(): Promise<ConnectionTarget> {
    const config = this.#config();
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new Error('the kubeconfig names no cluster for its current context');
    const tls: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
    await config.applyToHTTPSOptions(tls);
    const url = new URL(cluster.server);
    const dispatcher = this.#dispatcherFor(config.createDispatcherOptions(cluster, tls), url.origin);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(tls.headers ?? {})) if (typeof value === 'string') headers[name.toLowerCase()] = value;
    if (typeof tls.auth === 'string') headers['authorization'] = `Basic ${Buffer.from(tls.auth).toString('base64')}`;
    return { dispatcher, origin: url.origin, basePath: url.pathname.replace(/\/$/, ''), headers };
  }

  #config(): KubeConfig {
    const nowMs = this.#clock.monotonic();
    if (this.#loaded !== undefined && nowMs - this.#checkedMs < KUBECONFIG_CHECK_MS) return this.#loaded.config;
    const stamp = this.#files.map(fileStamp).join('\n');
    this.#checkedMs = nowMs;
    if (this.#loaded?.stamp === stamp) return this.#loaded.config;
    try {
      this.#loaded = { config: loadKubeconfig(this.#explicit), stamp };
    } catch (thrown) {
      // Perhaps it is just being written; what was read before still holds.
      if (this.#loaded === undefined) throw thrown;
    }
    return this.#loaded.config;
  }

  #dispatcherFor(options: DispatcherOptions, origin: string): Dispatcher {
    const key = createHash('sha256')
      .update(JSON.stringify([origin, options]))
      .digest('hex');
    if (this.#dispatcher?.key === key) return this.#dispatcher.dispatcher;
    const previous = this.#dispatcher?.dispatcher;
    this.#dispatcher = { key, dispatcher: createDispatcher(options) };
    if (previous !== undefined) this.#retire(previous);
    return this.#dispatcher.dispatcher;
  }

  /** Takes no new requests; the watches on it live until the server ends them. */
  #retire(dispatcher: Dispatcher): void {
    this.#retired.add(dispatcher);
    const forget = (): void => {
      this.#retired.delete(dispatcher);
    };
    dispatcher.close().then(forget, forget);
  }
}

function loadKubeconfig(file: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (file === undefined) config.loadFromDefault();
  else config.loadFromFile(file);
  return config;
}

function createDispatcher(options: DispatcherOptions): Dispatcher {
  switch (options.type) {
    case 'proxy':
      return new ProxyAgent({ uri: options.uri, requestTls: tlsOf(options.requestTls), keepAliveTimeout: KEEP_ALIVE_MS });
    case 'socks':
      return new Socks5ProxyAgent(options.uri, { requestTls: tlsOf(options.requestTls) });
    case 'agent':
      return new Agent({
        connect: { ...tlsOf(options.connect), keepAlive: true, keepAliveInitialDelay: 30_000 },
        keepAliveTimeout: KEEP_ALIVE_MS,
      });
    case 'none':
      return new Agent({ keepAliveTimeout: KEEP_ALIVE_MS });
  }
}

/** The TLS material alone: address and timeouts are undici's own business. */
function tlsOf(options: ConnectionOptions): Omit<ConnectionOptions, 'port' | 'timeout'> {
  const { port, timeout, ...material } = options;
  return material;
}

function defaultKubeconfigFiles(): readonly string[] {
  const named = process.env['KUBECONFIG'] ?? '';
  return named === '' ? [join(homedir(), '.kube', 'config')] : named.split(delimiter).filter((file) => file !== '');
}

function fileStamp(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? `${file} absent` : `${file} ${stat.mtimeMs} ${stat.size}`;
}
