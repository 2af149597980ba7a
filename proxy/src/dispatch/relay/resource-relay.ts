import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createProxyServer } from 'http-proxy';
import type { buildConnector } from 'undici';
import { connectSettings } from '../../snapshot/build-provider.ts';
import type { ConnectSettings } from '../../snapshot/guarded-connector.ts';
import { nameOfKey } from '../../snapshot/name-of-key.ts';
import type { Provider } from '../../snapshot/snapshot.ts';
import { systemClock } from '../../support/clock.ts';
import { type Ownership, ownerMark } from '../../support/tagged-id.ts';
import { type CallerError, callerError } from '../../wire/caller-error.ts';
import { asObject, asString, parseJson } from '../../wire/read-json.ts';
import type { Usage } from '../../wire/usage.ts';
import { explainFailures } from '../explain-failure.ts';
import { explainNetworkError } from '../network-failure.ts';
import type { ResourceAsk } from './ask-resource.ts';
import { BatchBook } from './batch-book.ts';
import { readBatchUse } from './batch-use.ts';
import { asCallersOwn } from './callers-own.ts';
import { guardedAgent } from './guarded-agent.ts';
import { markUpload } from './mark-upload.ts';
import { unmarkedText } from './owner-marks.ts';
import { relayedAnswerHeaders, relayedRequestHeaders } from './relayed-headers.ts';
import { authorizedHeaders, findResourcePlace, type ResourcePlace } from './resource-place.ts';
import { ResultsUsage } from './results-usage.ts';

/** Where a relayed answer goes; emit implements it. */
export interface RelaySink {
  readonly gone: boolean;
  /** Head of an answer whose body the relay writes to the response itself. */
  beginRelayed(status: number, headers: readonly string[]): void;
}

export interface RelayJob {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly sink: RelaySink;
  readonly provider: Provider;
  readonly ask: Extract<ResourceAsk, { type: 'ask' }>;
  readonly ownership: Ownership;
}

export type RelayOutcome =
  /** `batchUsage`: what a finished batch has used, told to this proxy for the first time. */
  | { readonly type: 'answered'; readonly batchUsage?: Usage }
  /** The answer broke; the caller's connection was broken off. */
  | { readonly type: 'cut' }
  | { readonly type: 'gone' }
  /** Nothing was sent; the caller has yet to be told. */
  | { readonly type: 'failed'; readonly error: CallerError };

/** Documents about files and batches are small; a file's content never comes this way. */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;

/** Passes requests for files and batches through to the provider that keeps them. */
export class ResourceRelay {
  readonly #connectorFor: (settings: ConnectSettings) => buildConnector.connector;
  readonly #batches: BatchBook;

  constructor(
    connectorFor: (settings: ConnectSettings) => buildConnector.connector,
    batches: BatchBook = new BatchBook(systemClock.wallMs()),
  ) {
    this.#connectorFor = connectorFor;
    this.#batches = batches;
  }

  async relay(job: RelayJob): Promise<RelayOutcome> {
    const { provider, ask, sink } = job;
    const found = findResourcePlace(provider, ask.credential);
    if (found.type === 'none') return { type: 'failed', error: found.error };
    const { place } = found;
    const authorized = await authorizedHeaders(place.connection, place.headers, place.resource.basePath + ask.path);
    const addedBytes = ask.upload === true ? await markUpload(job.request, ownerMark(job.ownership)) : 0;
    if (sink.gone) return { type: 'gone' };
    if (authorized.type === 'failure') {
      return { type: 'failed', error: explainFailures([{ targetId: place.provider, error: authorized.error }]) };
    }
    return new Promise<AnsweredRelay>((resolve) => {
      const relay = new Relay(job, { ...place, headers: authorized.headers }, resolve);
      relay.start(this.#connectorFor(connectSettings(place.resource)), addedBytes);
    }).then((outcome) => (outcome.type === 'answered' ? this.#count(place, outcome.use) : outcome));
  }

  /** Two answers about one batch are one use of tokens. */
  #count({ provider, connection }: ResourcePlace, use: SeenUse | undefined): RelayOutcome {
    const counts = use !== undefined && this.#batches.takes(`${provider}/${nameOfKey(connection)}/${use.id}`, use.endedAtSeconds);
    return counts ? { type: 'answered', batchUsage: use.usage } : { type: 'answered' };
  }
}

/** Usage of a batch that was seen on the way. */
interface SeenUse {
  /** The provider's own id of the batch, or of its results. */
  readonly id: string;
  readonly endedAtSeconds: number;
  readonly usage: Usage;
}

type AnsweredRelay = Exclude<RelayOutcome, { type: 'answered' }> | { readonly type: 'answered'; readonly use: SeenUse | undefined };

/** One request, from its head to the last byte of its answer. */
class Relay {
  readonly #job: RelayJob;
  readonly #place: ResourcePlace;
  #resolve: ((outcome: AnsweredRelay) => void) | undefined;
  #use: SeenUse | undefined;
  #upstream: ClientRequest | undefined;
  readonly #mark: string;

  constructor(job: RelayJob, place: ResourcePlace, resolve: (outcome: AnsweredRelay) => void) {
    this.#job = job;
    this.#place = place;
    this.#resolve = resolve;
    this.#mark = ownerMark(job.ownership);
  }

  /** @param addedBytes how much longer the body is than the caller said */
  start(connect: buildConnector.connector, addedBytes: number): void {
    const { request, response, ask } = this.#job;
    const { connection, resource } = this.#place;
    const { origin } = connection;
    const headers = relayedRequestHeaders(request.headers, this.#place.headers);
    const { 'content-length': told } = headers;
    if (ask.body !== undefined) headers['content-length'] = String(ask.body.length);
    else if (told !== undefined) headers['content-length'] = String(Number(told) + addedBytes);
    // Lines that come in parts would not be metered; whoever asks for a part may get all (RFC 9110 section 14.2).
    if (ask.results !== undefined) delete headers['range'];
    // A provider that answers before it has read all would close at once, and the reset would take its answer along.
    headers['connection'] = 'keep-alive';
    request.headers = headers;
    const proxy = createProxyServer({});
    proxy.on('proxyReq', (upstream) => {
      this.#upstream = upstream;
    });
    proxy.on('proxyRes', (answer) => this.#onAnswer(answer));
    response.on('close', () => this.#onClose());
    const failed = (error: Error): void => this.#settle({ type: 'failed', error: this.#explain(error) });
    proxy.on('econnreset', failed);
    proxy.web(
      request,
      response,
      {
        target: new URL(`${origin.url}${resource.basePath}${ask.path}`),
        agent: guardedAgent(origin.url, connect),
        ignorePath: true,
        changeOrigin: true,
        selfHandleResponse: true,
        proxyTimeout: resource.timeouts.idleMs,
        ...(ask.body === undefined ? {} : { buffer: Readable.from([ask.body]) }),
      },
      failed,
    );
  }

  /** The caller has gone, or has everything. */
  #onClose(): void {
    this.#upstream?.destroy();
    this.#settle(this.#job.response.writableFinished ? { type: 'answered', use: this.#use } : { type: 'gone' });
  }

  #onAnswer(answer: IncomingMessage): void {
    const status = answer.statusCode ?? 502;
    const broken = (): void => this.#onBroken();
    answer.on('error', broken);
    answer.on('aborted', broken);
    if (status === 401) this.#place.connection.authorizer?.discard();
    if (status === 401 || status === 403 || (status >= 300 && status < 400)) {
      this.#settle({ type: 'failed', error: this.#explainStatus(status) });
      answer.destroy();
    } else if (isDocument(answer) && this.#job.ask.path.endsWith('/content') === false) {
      this.#collect(answer, status);
    } else {
      const { response, sink } = this.#job;
      sink.beginRelayed(status, this.#callersHeaders(answer));
      if (status === 200) this.#watchResults(answer);
      answer.pipe(response);
    }
  }

  /** The lines of a batch's results tell what it has used where its document does not. */
  #watchResults(answer: IncomingMessage): void {
    const { results } = this.#job.ask;
    if (results === undefined) return;
    const lines = new ResultsUsage();
    answer.on('data', (chunk: Buffer) => lines.push(chunk));
    answer.on('end', () => {
      const usage = lines.end();
      if (usage !== undefined) this.#use = { ...results, usage };
    });
  }

  /** A document: the provider's ids in it become the caller's. */
  #collect(answer: IncomingMessage, status: number): void {
    const pieces: Buffer[] = [];
    let size = 0;
    answer.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size > MAX_DOCUMENT_BYTES) answer.destroy(new Error('the document is too large'));
      else pieces.push(piece);
    });
    answer.on('end', () => {
      const body = Buffer.concat(pieces);
      this.#send(status, status < 300 ? this.#withCallersIds(body) : this.#unmarked(body), this.#callersHeaders(answer));
    });
  }

  /** One of them may name the file. */
  #callersHeaders({ headers }: IncomingMessage): readonly string[] {
    return relayedAnswerHeaders(headers).map((text) => unmarkedText(text, this.#mark));
  }

  #unmarked(body: Buffer): Buffer {
    return Buffer.from(unmarkedText(body.toString('utf8'), this.#mark));
  }

  #send(status: number, body: Buffer, headers: readonly string[]): void {
    const { sink, response } = this.#job;
    if (sink.gone || this.#resolve === undefined) return;
    const at = headers.indexOf('content-length');
    const others = at < 0 ? headers : headers.toSpliced(at, 2);
    sink.beginRelayed(status, [...others, 'content-length', String(body.length)]);
    response.end(body);
  }

  #withCallersIds(body: Buffer): Buffer {
    const document = asObject(parseJson(body.toString('utf8')));
    if (document === undefined) return body;
    const use = readBatchUse(document);
    const id = asString(document['id']);
    if (use?.type === 'told' && id !== undefined) this.#use = { id, endedAtSeconds: use.endedAtSeconds, usage: use.usage };
    return Buffer.from(JSON.stringify(asCallersOwn(document, this.#place, this.#job.ownership)));
  }

  /** Half an answer must not look like a whole one. */
  #onBroken(): void {
    // What is over is not broken any more: the caller may be reading what it was told.
    if (this.#resolve === undefined) return;
    const { response } = this.#job;
    if (response.headersSent) {
      this.#settle({ type: 'cut' });
      response.destroy();
    } else {
      this.#settle({ type: 'failed', error: this.#explain(new Error('the answer broke off')) });
    }
  }

  #explain(error: Error): CallerError {
    return explainFailures([{ targetId: this.#job.ask.provider, error: explainNetworkError(error) }]);
  }

  /** The provider's words about Headgate's own key are not for callers. */
  #explainStatus(status: number): CallerError {
    const what = status < 400 ? 'answered with a redirect, which is not followed' : `refused Headgate's key (${status})`;
    return callerError('all_targets_failed', `The provider '${this.#job.ask.provider}' ${what}.`, { shouldRetry: false });
  }

  #settle(outcome: AnsweredRelay): void {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(outcome);
  }
}

function isDocument({ headers }: IncomingMessage): boolean {
  return /^\s*application\/json/i.test(headers['content-type'] ?? '');
}
