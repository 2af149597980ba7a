import type { Dispatcher } from 'undici';
import type { Clock } from './clock.ts';
import type { ApiResult } from './kube-api.ts';
import type { KubeConnection } from './kube-connection.ts';
import { failureOf, noAnswer, parseRetryAfter, statusError } from './kube-failure.ts';

/** A page of 500 objects of 100 KiB; more is not an answer of an API server. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly accept?: string;
  readonly body?: { readonly contentType: string; readonly value: object };
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

interface Sent {
  readonly answer: Dispatcher.ResponseData;
  /** Stops the timeout; what still has to be read may take as long as it likes. */
  readonly release: () => void;
}

/** Sends requests over the connection of the moment, each with a time limit; every failure is a value. */
export class KubeRequester {
  readonly #connection: KubeConnection;
  readonly #clock: Clock;

  constructor(connection: KubeConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** The whole answer as JSON, within `timeoutMs` from the first byte sent to the last byte read. */
  async json(request: KubeRequest): Promise<ApiResult<unknown>> {
    const sent = await this.#send(request);
    if (sent.type === 'error') return sent;
    try {
      return parseJson(await readText(sent.value.answer.body, MAX_ANSWER_BYTES));
    } catch (thrown) {
      return { type: 'error', error: failureOf(thrown) };
    } finally {
      sent.value.release();
    }
  }

  /** The body as it comes; `timeoutMs` is for the head alone. */
  async stream(request: KubeRequest): Promise<ApiResult<AsyncIterable<Uint8Array>>> {
    const sent = await this.#send(request);
    if (sent.type === 'error') return sent;
    sent.value.release();
    return { type: 'ok', value: sent.value.answer.body };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #send(request: KubeRequest): Promise<ApiResult<Sent>> {
    const target = await this.#connection.target();
    if (target.type === 'error') return target;
    const limit = new AbortController();
    const timer = this.#clock.setTimeout(() => limit.abort(timeoutError(request)), request.timeoutMs);
    const release = (): void => timer.cancel();
    try {
      const { dispatcher, origin, basePath, headers } = target.value;
      const answer = await dispatcher.request({
        origin,
        path: `${basePath}${request.path}${queryString(request.query)}`,
        method: request.method,
        headers: { ...headers, 'user-agent': 'headgate-operator', accept: request.accept ?? 'application/json', ...contentType(request) },
        body: request.body === undefined ? null : JSON.stringify(request.body.value),
        signal: request.signal === undefined ? limit.signal : AbortSignal.any([limit.signal, request.signal]),
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      if (answer.statusCode >= 200 && answer.statusCode < 300) return { type: 'ok', value: { answer, release } };
      const refused = await this.#refusal(answer);
      release();
      return refused;
    } catch (thrown) {
      release();
      return { type: 'error', error: failureOf(thrown) };
    }
  }

  async #refusal(answer: Dispatcher.ResponseData): Promise<ApiResult<Sent>> {
    const text = await readText(answer.body, MAX_ERROR_BYTES);
    const header = answer.headers['retry-after'];
    const retryAfterMs = parseRetryAfter(Array.isArray(header) ? header[0] : header, this.#clock.now());
    const parsed = parseJson(text);
    const body = parsed.type === 'ok' ? parsed.value : { message: text.slice(0, 200) };
    return { type: 'error', error: statusError(body, answer.statusCode, retryAfterMs) };
  }
}

class RequestTimeout extends Error {
  readonly code = 'Timeout';
}

function timeoutError(request: KubeRequest): RequestTimeout {
  return new RequestTimeout(`no answer to ${request.method} ${request.path} within ${request.timeoutMs} ms`);
}

function contentType(request: KubeRequest): Readonly<Record<string, string>> {
  return request.body === undefined ? {} : { 'content-type': request.body.contentType };
}

function queryString(query: KubeRequest['query']): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) pairs.set(name, value);
  return pairs.size === 0 ? '' : `?${pairs.toString()}`;
}

async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RangeError(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): ApiResult<unknown> {
  try {
    return { type: 'ok', value: JSON.parse(text) };
  } catch {
    return { type: 'error', error: noAnswer('InvalidAnswer', 'the answer is not JSON') };
  }
}
