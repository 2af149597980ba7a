import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { buildConnector } from 'undici';
import type { Clock } from '../support/clock.ts';
import { listen } from '../support/listen.ts';
import type { Pod } from './pod.ts';
import type { SigningDeps } from './signing-deps.ts';
import { createTokenFetch, type TokenFetch } from './token-fetch.ts';

/** 2026-01-02T03:04:05Z. */
export const EPOCH_MS: number = Date.UTC(2026, 0, 2, 3, 4, 5);

/** What a token endpoint was asked. */
export interface AskedFor {
  readonly method: string;
  /** As the product meant it, before it was turned to the server on loopback. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
}

export interface CannedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A token endpoint on loopback that stands in for every address there is, and a clock that tests move. */
export class SampleSigning {
  readonly asked: AskedFor[] = [];
  /** Given to the next request and all that follow, until changed. */
  answer: CannedAnswer = { body: '{"access_token":"token-1","expires_in":3600}' };
  nowMs = 0;
  readonly variables: Record<string, string> = {};
  readonly files: Record<string, string> = {};
  readonly #server: Server;
  readonly #http = createTokenFetch(buildConnector({}));
  #port = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const { 'x-meant-for': url = '', ...headers } = request.headers;
        const form = new URLSearchParams(Buffer.concat(pieces).toString('utf8'));
        this.asked.push({ method: request.method ?? '', url: String(url), headers, form });
        const { status = 200, headers: told = {}, body } = this.answer;
        response.writeHead(status, told).end(body);
      });
    });
  }

  async start(): Promise<void> {
    this.#port = await listen(this.#server, { port: 0, host: '127.0.0.1' });
  }

  async stop(): Promise<void> {
    await this.#http.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  get clock(): Clock {
    return { monotonicMs: () => this.nowMs, wallMs: () => EPOCH_MS + this.nowMs };
  }

  get pod(): Pod {
    return {
      variable: (name) => this.variables[name],
      file: (path) => (this.files[path] === undefined ? Promise.reject(new Error('ENOENT')) : Promise.resolve(this.files[path])),
    };
  }

  get deps(): SigningDeps {
    const fetch: TokenFetch = (request) => {
      const url = new URL(request.url);
      const target = `http://127.0.0.1:${this.#port}${url.pathname}${url.search}`;
      return this.#http.fetch({ ...request, url: target, headers: { ...request.headers, 'x-meant-for': request.url } });
    };
    return { clock: this.clock, random: () => 0, fetch, pod: this.pod };
  }
}
