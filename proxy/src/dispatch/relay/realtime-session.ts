import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createProxyServer } from 'http-proxy';
import type { buildConnector } from 'undici';
import type { Upgrade } from '../../accept/upgrade.ts';
import type { Slotted } from '../../support/slot-list.ts';
import type { UpstreamError } from '../../wire/failure.ts';
import type { AttemptResult } from '../attempt.ts';
import { explainNetworkError } from '../network-failure.ts';
import { guardedAgent } from './guarded-agent.ts';
import { RealtimeUsage } from './realtime-usage.ts';

export interface SessionTarget {
  readonly url: URL;
  /** Everything that is sent, the upgrade's own headers included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly connect: buildConnector.connector;
  readonly handshakeMs: number;
  /** The provider has agreed, and the caller has its 101. */
  readonly onOpened: () => void;
  readonly decodeError: (status: number, header: (name: string) => string | undefined, body: string) => UpstreamError;
}

/** Of a refusal's body only this much is read. */
const MAX_REFUSAL_BYTES = 64 * 1024;
/** A close frame with status 1001, "going away" (RFC 6455 section 7.4.1). */
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9]);

/** One realtime session: frames pass both ways untouched until either side leaves, which ends the other at once. */
export class RealtimeSession implements Slotted {
  slot: number = -1;
  readonly #upgrade: Upgrade;
  readonly #startedAtMs: number;
  readonly #nowMs: () => number;
  readonly #usage = new RealtimeUsage();
  #resolve: ((result: AttemptResult) => void) | undefined;
  #request: ClientRequest | undefined;
  #upstream: Duplex | undefined;
  #openedAtMs: number | undefined;
  #abandoned = false;

  constructor(upgrade: Upgrade, nowMs: () => number) {
    this.#upgrade = upgrade;
    this.#nowMs = nowMs;
    this.#startedAtMs = nowMs();
  }

  /** True once the provider has agreed: the caller has its 101. */
  get opened(): boolean {
    return this.#openedAtMs !== undefined;
  }

  run(target: SessionTarget): Promise<AttemptResult> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      // While a token was fetched the proxy may have begun to shut down, or the caller have left.
      if (this.#abandoned) this.abandon();
      else this.#start(target);
    });
  }

  /** The proxy shuts down: the caller is told in a close frame. */
  goAway(): void {
    if (!this.opened) {
      this.#upgrade.socket.destroy();
      this.abandon();
      return;
    }
    this.#upgrade.socket.end(GOING_AWAY);
    this.#upstream?.destroy();
  }

  /** The caller has gone before the session began. */
  abandon(): void {
    this.#abandoned = true;
    this.#request?.destroy();
    this.#settle({ type: 'gone', metering: undefined });
  }

  #start(target: SessionTarget): void {
    const { request, socket, head } = this.#upgrade;
    const proxy = createProxyServer({});
    proxy.on('proxyReqWs', (upstream) => {
      this.#request = upstream;
      upstream.setTimeout(target.handshakeMs, () => upstream.destroy(new Error('no answer to the handshake in time')));
      // The library would pass on a refusal, headers and all, and end the socket on errors: both are told properly instead.
      process.nextTick(() => {
        upstream.removeAllListeners('response').on('response', (answer) => this.#onRefusal(answer, target));
        upstream.removeAllListeners('error').on('error', (error) => this.#fail(explainNetworkError(error)));
      });
    });
    proxy.on('open', (upstream) => {
      target.onOpened();
      this.#onOpen(upstream);
    });
    proxy.on('error', () => socket.destroy());
    request.headers = { ...target.headers };
    const options = { target: target.url, agent: guardedAgent(target.url.origin, target.connect), ignorePath: true, changeOrigin: true };
    proxy.ws(request, socket, head, options);
  }

  #onOpen(upstream: Duplex): void {
    const { socket, detach } = this.#upgrade;
    this.#upstream = upstream;
    this.#openedAtMs = this.#nowMs();
    this.#request?.setTimeout(0);
    detach();
    upstream.on('data', (chunk: Buffer) => this.#usage.push(chunk));
    const end = (): void => {
      upstream.destroy();
      socket.destroy();
      this.#complete();
    };
    socket.on('close', end);
    socket.on('error', end);
    // Half a session is none, so a FIN ends it; what is still on its way, a close frame perhaps, gets there first.
    socket.on('end', () => upstream.end(end));
    upstream.on('end', () => socket.end(end));
    upstream.on('close', () => socket.end(end));
    if (socket.destroyed) end();
  }

  #complete(): void {
    const ttftMs = (this.#openedAtMs ?? this.#startedAtMs) - this.#startedAtMs;
    this.#settle({
      type: 'completed',
      metering: { usage: this.#usage.usage ?? NOTHING_USED, estimatedOutputTokens: 0, ttftMs, finish: undefined, streamed: false },
    });
  }

  #onRefusal(answer: IncomingMessage, target: SessionTarget): void {
    const pieces: Buffer[] = [];
    let size = 0;
    const tell = (): void => {
      const header = (name: string): string | undefined => {
        const value = answer.headers[name];
        return typeof value === 'string' ? value : value?.[0];
      };
      this.#fail(target.decodeError(answer.statusCode ?? 502, header, Buffer.concat(pieces).toString('utf8')));
      answer.destroy();
    };
    answer.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size <= MAX_REFUSAL_BYTES) pieces.push(piece);
      else tell();
    });
    answer.on('error', tell);
    answer.on('end', tell);
  }

  #fail(error: UpstreamError): void {
    this.#settle({ type: 'failed', error, neverSent: false });
  }

  #settle(result: AttemptResult): void {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(result);
  }
}

const NOTHING_USED = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };
