import type { Clock, Timer } from '../support/clock.ts';
import type { ProxySession } from './proxy-session.ts';

/** A proxy that lost its stream is still counted for this long, so that a reconnect does not flap `Programmed`. */
const RECONNECT_GRACE_MS = 5_000;

export interface ProxyState {
  readonly proxyId: string;
  readonly version: string;
  readonly connected: boolean;
  readonly ackedRevision: number;
}

/** The proxies that this operator answers for: those with a stream, and those that lost theirs a moment ago. */
export class ProxyRoster {
  readonly #clock: Clock;
  readonly #onGone: (proxyId: string) => void;
  readonly #sessions = new Map<string, ProxySession>();
  readonly #graceTimers = new Map<string, Timer>();

  /** @param onGone called when a proxy did not come back within the grace */
  constructor(clock: Clock, onGone: (proxyId: string) => void) {
    this.#clock = clock;
    this.#onGone = onGone;
  }

  get(proxyId: string): ProxySession | undefined {
    return this.#sessions.get(proxyId);
  }

  /** A proxy said hello: its new session replaces the one it had. */
  join(session: ProxySession): void {
    const proxyId = session.hello.proxyId;
    this.#sessions.get(proxyId)?.detach();
    this.#sessions.set(proxyId, session);
    this.leave(session);
  }

  /** The stream of a session ended (or has not begun yet): unless a stream is there after the grace, the proxy is gone. */
  leave(session: ProxySession): void {
    const proxyId = session.hello.proxyId;
    if (this.#sessions.get(proxyId) !== session) return;
    this.#graceTimers.get(proxyId)?.cancel();
    const timer = this.#clock.setTimeout(() => {
      this.#graceTimers.delete(proxyId);
      if (this.#sessions.get(proxyId) !== session || session.connected) return;
      this.#sessions.delete(proxyId);
      this.#onGone(proxyId);
    }, RECONNECT_GRACE_MS);
    this.#graceTimers.set(proxyId, timer);
  }

  sessions(): IterableIterator<ProxySession> {
    return this.#sessions.values();
  }

  connectedCount(): number {
    let count = 0;
    for (const session of this.#sessions.values()) if (session.connected) count++;
    return count;
  }

  /** The lowest revision that every counted proxy acknowledged; undefined without proxies. */
  lowestAcked(): number | undefined {
    let lowest: number | undefined;
    for (const session of this.#sessions.values()) lowest = Math.min(lowest ?? Number.POSITIVE_INFINITY, session.ackedRevision);
    return lowest;
  }

  states(): readonly ProxyState[] {
    return [...this.#sessions.values()]
      .map(({ hello, connected, ackedRevision }) => ({ proxyId: hello.proxyId, version: hello.version, connected, ackedRevision }))
      .sort((a, b) => (a.proxyId < b.proxyId ? -1 : 1));
  }

  /** Ends every stream and forgets every proxy. */
  clear(): void {
    for (const timer of this.#graceTimers.values()) timer.cancel();
    this.#graceTimers.clear();
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) session.detach();
  }
}
