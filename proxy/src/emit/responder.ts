import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DialectId } from '@headgate/crds';
import { discardBody } from '../accept/discard-body.ts';
import type { Exchange } from '../accept/exchange.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { AnswerOrigin, AnswerSink, SinkListener } from '../dispatch/answer-sink.ts';
import type { RelaySink } from '../dispatch/relay/resource-relay.ts';
import type { Clock } from '../support/clock.ts';
import type { DeadlineList } from '../support/deadlines.ts';
import type { CallerError } from '../wire/caller-error.ts';
import type { Json, JsonObject } from '../wire/json.ts';
import type { Usage } from '../wire/usage.ts';
import { headerText } from './header-text.ts';
import { lossHeader } from './loss-header.ts';
import { formatUsd, meter } from './meter.ts';

export interface ResponderContext {
  readonly clock: Clock;
  readonly deadlines: DeadlineList;
  readonly dialectOf: (id: DialectId) => Dialect;
  /** The proxy is shutting down: connections are to be closed after their answer. */
  readonly draining: () => boolean;
}

const JSON_TYPE = 'application/json';
const STREAM_TYPE = 'text/event-stream; charset=utf-8';
/** Above it, copying costs more than a second buffer. */
const ONE_WRITE_BYTES = 16 * 1024;
const ARRAY_TYPE = 'application/json; charset=UTF-8';

/**
 * Puts answers on the caller's connection: blocking ones as one write of head and body, streams as a head with their
 * first content and one write per piece. Knows when the caller is gone or has room again.
 */
export class Responder implements AnswerSink, RelaySink {
  listener: SinkListener | undefined;
  gone = false;
  /** 0 = nothing was sent. */
  status = 0;
  /** The proxy's own share of the time to the first byte, ms; undefined for answers without a provider. */
  overheadMs: number | undefined;
  policyId: string | undefined;
  readonly #exchange: Exchange;
  readonly #context: ResponderContext;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #waitingForDrain = false;

  constructor(exchange: Exchange, context: ResponderContext) {
    this.#exchange = exchange;
    this.#context = context;
    this.#request = exchange.request;
    this.#response = exchange.response;
    this.#response.on('close', () => {
      if (this.#response.writableFinished) return;
      this.gone = true;
      this.listener?.onGone();
    });
    // Reported as `close` too; without a listener it would be thrown.
    this.#response.on('error', ignore);
  }

  sendAnswer(body: Buffer, origin: AnswerOrigin, usage: Usage | undefined): void {
    const headers = this.#originHeaders(JSON_TYPE, origin);
    if (usage !== undefined) {
      const { costNanoUsd } = meter({ usage, estimatedOutputTokens: 0 }, 0, origin.endpoint.model.pricing);
      if (costNanoUsd !== undefined) headers.push('x-headgate-cost-usd', formatUsd(costNanoUsd));
    }
    this.#sendWhole(200, headers, body);
  }

  beginStream(bytes: Buffer | string, origin: AnswerOrigin): boolean {
    const events = this.#exchange.call?.framing === 'json-array' ? ARRAY_TYPE : STREAM_TYPE;
    const headers = this.#originHeaders(origin.contentType ?? events, origin);
    headers.push('cache-control', 'no-cache', 'x-accel-buffering', 'no');
    this.#response.writeHead(200, headers);
    this.status = 200;
    return this.write(bytes);
  }

  beginRelayed(status: number, headers: readonly string[]): void {
    this.#response.writeHead(status, this.#identify([...headers]));
    this.status = status;
    this.#response.once('finish', () => this.#dropRest());
  }

  /** A provider that answers before it has read everything reads no more, but the caller may still be sending. */
  #dropRest(): void {
    if (this.#request.complete) return;
    this.#request.unpipe();
    discardBody(this.#request, this.#context.deadlines);
  }

  write(bytes: Buffer | string): boolean {
    if (this.gone || bytes.length === 0) return true;
    if (this.#response.write(bytes)) return true;
    this.#awaitDrain();
    return false;
  }

  endStream(bytes: Buffer | string): void {
    if (this.gone) return;
    if (bytes.length > 0) this.#response.end(bytes);
    else this.#response.end();
  }

  switchProtocols(): void {
    this.status = 101;
  }

  cut(): void {
    this.#response.destroy();
  }

  /**
   * An error before any byte of an answer; in the caller's dialect.
   * @param attempts how many targets were asked
   */
  sendError(error: CallerError, attempts: number): void {
    const dialect = this.#context.dialectOf(this.#exchange.dialect);
    const status = dialect.errorStatus(error);
    const headers = this.#baseHeaders(JSON_TYPE);
    if (attempts > 0) headers.push('x-headgate-attempts', String(attempts));
    headers.push('x-should-retry', error.shouldRetry === true ? 'true' : 'false');
    if (error.retryAfterMs !== undefined) {
      headers.push('retry-after', String(Math.ceil(error.retryAfterMs / 1000)), 'retry-after-ms', String(Math.ceil(error.retryAfterMs)));
    }
    if (status === 401) headers.push('www-authenticate', 'Bearer');
    if (status === 405) headers.push('allow', this.#allowed());
    this.#sendJson(status, headers, dialect.encodeError(error, this.#exchange.requestId));
  }

  /** A document of the proxy's own, e.g. the list of models. `estimated`: a provider would have known better. */
  sendDocument(document: JsonObject, estimated: boolean): void {
    const headers = this.#baseHeaders(JSON_TYPE);
    if (estimated) headers.push('x-headgate-estimated', 'true');
    this.#sendJson(200, headers, document);
  }

  #allowed(): string {
    const { route } = this.#exchange;
    return route?.type === 'wrong-method' ? route.allow : 'POST';
  }

  #sendJson(status: number, headers: string[], body: Json): void {
    if (this.gone || this.#response.headersSent) return;
    // The caller may still be sending. One that waits for `100 Continue` sends nothing, so its connection can close.
    const unread = !this.#request.complete;
    if (unread && this.#exchange.head.expect !== undefined) headers.push('connection', 'close');
    this.#sendWhole(status, headers, Buffer.from(JSON.stringify(body)));
    if (unread) discardBody(this.#request, this.#context.deadlines);
  }

  #sendWhole(status: number, headers: string[], body: Buffer): void {
    if (this.gone) return;
    headers.push('content-length', String(body.length));
    this.#response.writeHead(status, headers);
    this.status = status;
    // As text of one byte per character node:http puts head and body into one buffer, instead of a vector of two.
    if (body.length <= ONE_WRITE_BYTES) this.#response.end(body.toString('latin1'), 'latin1');
    else this.#response.end(body);
  }

  #originHeaders(contentType: string, origin: AnswerOrigin): string[] {
    const headers = this.#baseHeaders(contentType);
    headers.push('x-headgate-target', headerText(origin.target.id), 'x-headgate-attempts', String(origin.attempts));
    if (origin.losses.length > 0) headers.push('x-headgate-loss', lossHeader(origin.losses));
    const nowMs = this.#context.clock.monotonicMs();
    const totalMs = nowMs - this.#exchange.startedAtMs;
    const { upstreamMs } = origin;
    this.overheadMs = Math.max(0, totalMs - upstreamMs);
    headers.push('server-timing', `upstream;dur=${round(upstreamMs)}, headgate;dur=${round(this.overheadMs)}`);
    return headers;
  }

  #baseHeaders(contentType: string): string[] {
    return this.#identify(['content-type', contentType]);
  }

  /** Adds what every answer says, whoever made it. */
  #identify(headers: string[]): string[] {
    const { requestId, dialect } = this.#exchange;
    headers.push('x-headgate-request-id', requestId);
    // The names under which the official SDKs look for it.
    headers.push(dialect === 'anthropic-messages' ? 'request-id' : 'x-request-id', requestId);
    if (this.policyId !== undefined) headers.push('x-headgate-policy', this.policyId);
    if (this.#context.draining()) headers.push('connection', 'close');
    return headers;
  }

  #awaitDrain(): void {
    if (this.#waitingForDrain) return;
    this.#waitingForDrain = true;
    this.#response.once('drain', () => {
      this.#waitingForDrain = false;
      this.listener?.onDrain();
    });
  }
}

/** Two decimals, without the cost of `toFixed`. */
function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}

function ignore(): void {}
