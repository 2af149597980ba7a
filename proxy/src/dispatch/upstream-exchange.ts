import type { IncomingHttpHeaders } from 'node:http';
import type { PhaseTimeouts } from '@headgate/crds';
import type { Dispatcher } from 'undici';
import type { Clock } from '../support/clock.ts';
import type { Deadline, DeadlineList } from '../support/deadlines.ts';
import type { UpstreamError } from '../wire/failure.ts';
import { explainNetworkError } from './network-failure.ts';

/** Takes the provider's answer apart as it arrives. Methods are never called after `exchange.close` or a failure. */
export interface AnswerReader {
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** The exchange broke; nothing follows. */
  onFailure(error: UpstreamError, neverSent: boolean): void;
  /** One of the above threw: a defect of ours. Nothing follows. */
  onDefect(thrown: unknown): void;
}

export interface UpstreamRequest {
  readonly dispatcher: Dispatcher;
  readonly path: string;
  /** Flat [name, value, ...]; undici reads it and keeps nothing. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export interface ExchangeContext {
  readonly clock: Clock;
  readonly deadlines: DeadlineList;
  /** How long a caller may leave us waiting for room to write. */
  readonly slowReaderMs: number;
}

type Phase = 'connect' | 'first-token' | 'idle' | 'slow-reader' | 'tail';

/** A provider that leaves a finished answer open is given this long. */
const TAIL_MS = 2000;

/**
 * One HTTP request to a provider and its answer: phase timeouts, back-pressure and abort over undici's `dispatch`. All
 * waiting is one deadline that moves from phase to phase. Closing destroys the provider's socket at once unless the
 * answer has been read to its end.
 */
export class UpstreamExchange implements Dispatcher.DispatchHandler, Deadline {
  dueAtMs: number = Number.POSITIVE_INFINITY;
  slot: number = -1;
  readonly startedAtMs: number;
  readonly #context: ExchangeContext;
  readonly #timeouts: PhaseTimeouts;
  readonly #reader: AnswerReader;
  readonly #totalDueAtMs: number;
  #controller: Dispatcher.DispatchController | undefined;
  #phase: Phase | 'over' = 'connect';

  /** @param requestStartedAtMs when the caller's request began: the total timeout spans all attempts */
  constructor(context: ExchangeContext, timeouts: PhaseTimeouts, reader: AnswerReader, requestStartedAtMs: number) {
    this.#context = context;
    this.#timeouts = timeouts;
    this.#reader = reader;
    this.startedAtMs = context.clock.monotonicMs();
    this.#totalDueAtMs = requestStartedAtMs + timeouts.totalMs;
  }

  get over(): boolean {
    return this.#phase === 'over';
  }

  start(request: UpstreamRequest): void {
    this.#context.deadlines.add(this);
    this.#enter('connect', this.startedAtMs, this.#timeouts.connectMs);
    try {
      request.dispatcher.dispatch(
        { path: request.path, method: 'POST', headers: request.headers as string[], body: request.body, headersTimeout: 0, bodyTimeout: 0 },
        this,
      );
    } catch (error) {
      this.#fail(explainNetworkError(error instanceof Error ? error : new Error(String(error))));
    }
  }

  /** The first content has arrived: from here silence counts against the idle timeout. */
  enterIdlePhase(): void {
    if (this.#phase === 'first-token') this.#enter('idle', this.#context.deadlines.coarseNowMs, this.#timeouts.idleMs);
  }

  /** The answer is complete but the provider has not ended it: wait a moment, so that the connection can be kept. */
  enterTail(): void {
    if (this.#phase !== 'over') this.#enter('tail', this.#context.deadlines.coarseNowMs, TAIL_MS);
  }

  /** Stops reading until `resume`: the caller has no room. */
  pause(): void {
    if (this.#phase === 'over') return;
    this.#controller?.pause();
    this.#enter('slow-reader', this.#context.deadlines.coarseNowMs, this.#context.slowReaderMs);
  }

  resume(): void {
    if (this.#phase !== 'slow-reader') return;
    this.#enter('idle', this.#context.deadlines.coarseNowMs, this.#timeouts.idleMs);
    this.#controller?.resume();
  }

  /** Ends the exchange without telling the reader. Harmless when it is over. */
  close(): void {
    if (this.#phase === 'over') return;
    this.#finish();
    this.#controller?.abort(CLOSED);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#phase === 'over') {
      controller.abort(CLOSED);
      return;
    }
    this.#enter('first-token', this.#context.deadlines.coarseNowMs, this.#timeouts.firstTokenMs);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (this.#phase === 'over' || status < 200) return;
    try {
      this.#reader.onHead(status, headers);
    } catch (thrown) {
      this.#onDefect(thrown);
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#phase === 'over') return;
    if (this.#phase === 'idle') this.#enter('idle', this.#context.deadlines.coarseNowMs, this.#timeouts.idleMs);
    try {
      this.#reader.onData(chunk);
    } catch (thrown) {
      this.#onDefect(thrown);
    }
  }

  onResponseEnd(): void {
    if (this.#phase === 'over') return;
    this.#finish();
    try {
      this.#reader.onEnd();
    } catch (thrown) {
      this.#onDefect(thrown);
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(explainNetworkError(error));
  }

  onDue(): void {
    const phase = this.#phase;
    if (phase === 'over') return;
    const neverSent = phase === 'connect';
    const message =
      this.dueAtMs >= this.#totalDueAtMs ? `not finished within ${this.#timeouts.totalMs} ms` : TIMEOUT_MESSAGES[phase](this.#timeouts);
    this.#finish();
    this.#controller?.abort(CLOSED);
    this.#tellFailure({ reason: phase === 'slow-reader' ? 'cancelled' : 'timeout', message }, neverSent);
  }

  #fail(error: UpstreamError): void {
    if (this.#phase === 'over') return;
    // Up to here undici has not begun to write: sending the request elsewhere, or again, costs nothing.
    const neverSent = this.#phase === 'connect';
    this.#finish();
    this.#tellFailure(error, neverSent);
  }

  #tellFailure(error: UpstreamError, neverSent: boolean): void {
    try {
      this.#reader.onFailure(error, neverSent);
    } catch (thrown) {
      this.#onDefect(thrown);
    }
  }

  /** Thrown inside undici it would be lost, and the caller left without an answer. */
  #onDefect(thrown: unknown): void {
    this.close();
    this.#reader.onDefect(thrown);
  }

  #finish(): void {
    this.#phase = 'over';
    this.#context.deadlines.remove(this);
  }

  #enter(phase: Phase, nowMs: number, timeoutMs: number): void {
    this.#phase = phase;
    this.dueAtMs = Math.min(nowMs + timeoutMs, this.#totalDueAtMs);
  }
}

const CLOSED = new Error('closed by the proxy');

const TIMEOUT_MESSAGES: Readonly<Record<Phase, (timeouts: PhaseTimeouts) => string>> = {
  connect: (timeouts) => `no connection within ${timeouts.connectMs} ms`,
  'first-token': (timeouts) => `no content within ${timeouts.firstTokenMs} ms`,
  idle: (timeouts) => `silent for ${timeouts.idleMs} ms in the middle of the answer`,
  'slow-reader': () => 'the caller did not read',
  tail: () => 'not ended after its last event',
};
