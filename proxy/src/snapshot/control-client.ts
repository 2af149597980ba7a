import { readFile } from 'node:fs/promises';
import type { UpFrame } from '@headgate/crds';
import { Agent, request } from 'undici';

export interface ControlAddress {
  /** `https://host:9443`. */
  readonly url: string;
  readonly proxyId: string;
  /** PEM bundle that signs the operator's certificate; absent = the system's. Read anew for each connection. */
  readonly caFile?: string;
  /** Bearer token; read anew for each request, since the kubelet rotates it. */
  readonly tokenFile?: string;
}

export type PostOutcome = { readonly type: 'ok' } | ControlFailure;
export type UpdatesOutcome = { readonly type: 'open'; readonly body: AsyncIterable<Uint8Array> } | ControlFailure;

export interface ControlFailure {
  readonly type: 'failed';
  /** Of the operator's answer; absent when there was none. */
  readonly status?: number;
  readonly reason: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 10_000;
const MAX_ERROR_TEXT = 300;

/** HTTP to the operator. Every outcome is a value; nothing here retries. */
export class ControlClient {
  readonly #address: ControlAddress;
  #agent: Agent | undefined;

  constructor(address: ControlAddress) {
    this.#address = address;
  }

  get proxyId(): string {
    return this.#address.proxyId;
  }

  /** Drops all connections: the next request finds whoever leads now, with the CA as it is now. */
  async reset(): Promise<void> {
    const agent = this.#agent;
    this.#agent = undefined;
    await agent?.destroy().catch(() => {});
  }

  async post(frame: UpFrame): Promise<PostOutcome> {
    try {
      const response = await this.#request('/control/v1/reports', {
        method: 'POST',
        body: JSON.stringify(frame),
        bodyTimeout: ANSWER_TIMEOUT_MS,
      });
      const text = await response.body.text();
      return response.statusCode === 200 ? { type: 'ok' } : refusal(response.statusCode, text);
    } catch (error) {
      return failure(error);
    }
  }

  /** Opens the stream of updates; ends when the operator ends it or `signal` aborts. */
  async openUpdates(signal: AbortSignal): Promise<UpdatesOutcome> {
    try {
      const path = `/control/v1/updates?proxyId=${encodeURIComponent(this.#address.proxyId)}`;
      const response = await this.#request(path, { method: 'GET', signal, bodyTimeout: 0 });
      if (response.statusCode === 200) return { type: 'open', body: response.body };
      return refusal(response.statusCode, await response.body.text());
    } catch (error) {
      return failure(error);
    }
  }

  async #request(path: string, options: Omit<Parameters<typeof request>[1] & object, 'dispatcher'>): ReturnType<typeof request> {
    this.#agent ??= await this.#connect();
    const { tokenFile, url } = this.#address;
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (tokenFile !== undefined) headers['authorization'] = `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}`;
    return request(new URL(path, url), { ...options, headers, headersTimeout: ANSWER_TIMEOUT_MS, dispatcher: this.#agent });
  }

  async #connect(): Promise<Agent> {
    const { caFile } = this.#address;
    const ca = caFile === undefined ? {} : { ca: await readFile(caFile, 'utf8') };
    return new Agent({ connect: { ...ca, timeout: CONNECT_TIMEOUT_MS }, allowH2: false, keepAliveTimeout: 60_000 });
  }
}

function refusal(status: number, text: string): ControlFailure {
  return { type: 'failed', status, reason: `the operator answered ${status}: ${text.trim().slice(0, MAX_ERROR_TEXT)}` };
}

function failure(error: unknown): ControlFailure {
  if (!(error instanceof Error)) return { type: 'failed', reason: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code} ` : '';
  return { type: 'failed', reason: `${code}${error.message}` };
}
