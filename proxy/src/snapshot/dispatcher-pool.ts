import { lookup as systemLookup } from 'node:dns/promises';
import { type buildConnector, type Dispatcher, Pool } from 'undici';
import { type Clock, systemClock } from '../support/clock.ts';
import { type ConnectSettings, guardedConnector } from './guarded-connector.ts';
import { HostResolver } from './host-resolver.ts';

/** Idle sockets are kept this long; below the 60 s after which common load balancers drop them without a word. */
const KEEP_ALIVE_MS = 55_000;

interface HeldPool {
  readonly pool: Pool;
  /** Set while no snapshot in use names the pool. */
  retirement: NodeJS.Timeout | undefined;
}

/**
 * One undici Pool per origin and way of connecting. Pools exist before the snapshot that uses them goes live. A pool that
 * the newest snapshot no longer names stays usable for `retireAfterMs`, since requests keep their snapshot to the end and
 * may fail over late; then it is closed, which lets the last request finish.
 */
export class DispatcherPool {
  readonly #pools = new Map<string, HeldPool>();
  readonly #resolver: HostResolver;
  readonly #retireAfterMs: number;

  constructor(options: { readonly retireAfterMs?: number; readonly resolver?: HostResolver; readonly clock?: Clock } = {}) {
    const lookup = (hostname: string): ReturnType<typeof allAddresses> => allAddresses(hostname);
    this.#resolver = options.resolver ?? new HostResolver(lookup, options.clock ?? systemClock);
    this.#retireAfterMs = options.retireAfterMs ?? 660_000;
  }

  get size(): number {
    return this.#pools.size;
  }

  /** Key under which `acquire` holds the pool for these settings. */
  static keyOf(origin: string, settings: ConnectSettings): string {
    return JSON.stringify([origin, settings.connectMs, settings.privateAddressesAllowed, settings.tls ?? null]);
  }

  acquire(origin: string, settings: ConnectSettings): Dispatcher {
    const key = DispatcherPool.keyOf(origin, settings);
    const held = this.#pools.get(key);
    if (held !== undefined) {
      clearTimeout(held.retirement);
      held.retirement = undefined;
      return held.pool;
    }
    const pool = new Pool(origin, {
      // A cap below the streams in flight turns into a queue that looks like a slow provider.
      connections: null,
      pipelining: 1,
      connect: guardedConnector(settings, this.#resolver),
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      // Dispatch owns the clocks: it tells first content from idle from total.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#pools.set(key, { pool, retirement: undefined });
    return pool;
  }

  /** Opens sockets under these settings, for clients that are not a provider's pool: the same look-ups, the same guard. */
  connectorFor(settings: ConnectSettings): buildConnector.connector {
    return guardedConnector(settings, this.#resolver);
  }

  /** Retires every pool whose key is not in `live`. Call after the swap. */
  retain(live: ReadonlySet<string>): void {
    for (const [key, held] of this.#pools) {
      if (live.has(key) || held.retirement !== undefined) continue;
      held.retirement = setTimeout(() => {
        this.#pools.delete(key);
        held.pool.close().catch(() => {});
      }, this.#retireAfterMs);
      held.retirement.unref();
    }
  }

  /** Ends every socket, at the end of the process. */
  async destroy(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    for (const held of pools) clearTimeout(held.retirement);
    await Promise.all(pools.map((held) => held.pool.destroy()));
  }
}

function allAddresses(hostname: string): ReturnType<ConstructorParameters<typeof HostResolver>[0]> {
  return systemLookup(hostname, { all: true, order: 'verbatim' });
}
