import type { IncomingHttpHeaders } from 'node:http';
import type { ReceivedCall } from '../accept/parse-call.ts';
import type { AnswerContext, WireUpstream } from '../dialects/dialect.ts';
import type { OperationFormat } from '../operations/operation.ts';
import type { CallerError } from '../wire/caller-error.ts';
import type { UpstreamError } from '../wire/failure.ts';
import { SseParser } from '../wire/sse-parser.ts';
import type { FinishReason } from '../wire/stream-event.ts';
import type { StreamParser } from '../wire/stream-parser.ts';
import type { Usage } from '../wire/usage.ts';
import type { AnswerOrigin, AnswerSink } from './answer-sink.ts';
import { classify, decodeAnswerEvents, judgeAnswer, malformed, type WholeAnswer } from './judge-answer.ts';
import { judgeSideAnswer } from './judge-side-answer.ts';
import { MediaPath } from './media-path.ts';
import { PassThroughPath } from './pass-through-path.ts';
import type { StreamPath } from './stream-path.ts';
import { StreamRelay } from './stream-relay.ts';
import { TranslatePath } from './translate-path.ts';
import { type AnswerReader, type ExchangeContext, UpstreamExchange, type UpstreamRequest } from './upstream-exchange.ts';

/** Larger blocking answers are refused: they are held whole before the first byte goes out. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** Of an error's body only this much is read. */
const MAX_ERROR_BYTES = 256 * 1024;

/** What an attempt has cost so far, for metering. */
export interface Metering {
  readonly usage: Usage | undefined;
  /** From what was streamed; used where `usage` is missing. */
  readonly estimatedOutputTokens: number;
  /** Attempt started -> first content. */
  readonly ttftMs: number;
  readonly finish: FinishReason | undefined;
  /** Its tokens were seen as they came. */
  readonly streamed: boolean;
}

export type AttemptResult =
  /** The answer was delivered whole. */
  | { readonly type: 'completed'; readonly metering: Metering }
  /** Nothing was sent to the caller. `neverSent`: the provider has not seen the request either. */
  | { readonly type: 'failed'; readonly error: UpstreamError; readonly neverSent: boolean }
  /** The answer broke after its first content; the caller was told in the stream. */
  | { readonly type: 'cut'; readonly error: UpstreamError; readonly metering: Metering }
  /** The caller went away, or stopped reading. */
  | { readonly type: 'gone'; readonly metering: Metering | undefined };

export interface AttemptInput {
  readonly call: ReceivedCall;
  /** Dialect of the provider. */
  readonly provider: WireUpstream;
  /** Set for operations beside chat: how the provider answers them. */
  readonly format?: OperationFormat | undefined;
  readonly origin: AnswerOrigin;
  readonly context: AnswerContext;
  readonly sink: AnswerSink;
  /** When the caller's request began, monotonic ms. */
  readonly requestStartedAtMs: number;
  /** How a failure after commit is told. */
  readonly tellCut: (error: UpstreamError) => CallerError;
}

/** One request to one endpoint, from its first byte to a verdict. `run` settles exactly once, and rejects for defects only. */
export class Attempt implements AnswerReader {
  readonly #input: AttemptInput;
  readonly #exchangeContext: ExchangeContext;
  readonly #exchange: UpstreamExchange;
  #resolve: ((result: AttemptResult) => void) | undefined;
  #rejectRun: ((thrown: unknown) => void) | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #collected: Buffer[] = [];
  #collectedBytes = 0;
  #relay: StreamRelay | undefined;
  /** When the whole of a blocking answer was there. */
  #answeredAtMs = 0;

  constructor(input: AttemptInput, exchangeContext: ExchangeContext) {
    this.#input = input;
    this.#exchangeContext = exchangeContext;
    const { timeouts } = input.origin.endpoint.provider.resource;
    this.#exchange = new UpstreamExchange(exchangeContext, timeouts, this, input.requestStartedAtMs);
  }

  run(request: UpstreamRequest): Promise<AttemptResult> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#rejectRun = reject;
      this.#exchange.start(request);
    });
  }

  /** The caller is gone: closes the provider's connection at once. */
  abandon(): void {
    this.#exchange.close();
    this.#relay?.stop();
    this.#settle({ type: 'gone', metering: this.#streamMetering() });
  }

  /** Ends the attempt for a reason of our own; after commit the caller is told `told` in the stream. */
  interrupt(told: CallerError): void {
    this.#exchange.close();
    const error: UpstreamError = { reason: 'cancelled', message: told.message };
    const metering = this.#streamMetering();
    this.#relay?.stop();
    if (metering === undefined || this.#relay === undefined) {
      this.#settle({ type: 'failed', error, neverSent: false });
    } else {
      this.#breakOff(this.#relay.path, told);
      this.#settle({ type: 'cut', error, metering });
    }
  }

  /** The caller has room again. */
  onDrain(): void {
    this.#exchange.resume();
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      this.#reject(malformed('the answer is compressed, which was not asked for'));
      return;
    }
    const contentType = headers['content-type'] ?? '';
    if (!this.#isSuccess() || !this.#streams() || isWholeAnswer(contentType)) this.#exchange.enterIdlePhase();
    else this.#relay = this.#openRelay(contentType);
  }

  onData(chunk: Buffer): void {
    if (this.#relay !== undefined) {
      this.#relay.onData(chunk);
      return;
    }
    this.#collectedBytes += chunk.length;
    if (this.#isSuccess()) {
      if (this.#collectedBytes > MAX_ANSWER_BYTES) this.#reject(malformed(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`));
      else this.#collected.push(chunk);
    } else if (this.#collectedBytes > MAX_ERROR_BYTES) {
      this.#exchange.close();
      this.onEnd();
    } else {
      this.#collected.push(chunk);
    }
  }

  onEnd(): void {
    if (this.#relay !== undefined) {
      this.#relay.onEnd();
      return;
    }
    this.#answeredAtMs = this.#exchangeContext.clock.monotonicMs();
    const answer = { status: this.#status, headers: this.#headers, body: this.#takeCollected() };
    if (!this.#isSuccess()) this.#settle({ type: 'failed', error: this.#decodeError(answer), neverSent: false });
    else if (this.#input.format === undefined && this.#streams()) this.#streamWhole(answer);
    else this.#deliver(answer);
  }

  onFailure(error: UpstreamError, neverSent: boolean): void {
    if (this.#relay !== undefined) this.#relay.onFailure(error);
    // The body of an error may be cut; its status and what arrived say enough.
    else if (this.#status !== 0 && !this.#isSuccess()) this.onEnd();
    else this.#settle({ type: 'failed', error: withStatus(error, this.#status), neverSent });
  }

  onDefect(thrown: unknown): void {
    this.#relay?.stop();
    this.#rejectRun?.(thrown);
  }

  #isSuccess(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  /** The answer may come in pieces that are passed on as they arrive. */
  #streams(): boolean {
    const { call, format } = this.#input;
    return format === undefined ? call.facts.stream && call.operation !== 'count-tokens' : format.passesMedia;
  }

  #openPath(contentType: string): { readonly path: StreamPath; readonly parser: StreamParser } {
    const { call, provider, context, format, origin } = this.#input;
    if (format !== undefined) {
      origin.contentType = contentType === '' ? 'application/octet-stream' : contentType;
      const path = new MediaPath(contentType);
      return { path, parser: path.parser };
    }
    const unchanged = provider.id === call.dialect.id && call.framing === undefined;
    return {
      path: unchanged ? new PassThroughPath(call.dialect, context) : new TranslatePath(provider, call.dialect, context),
      parser: provider.streamParser?.(contentType.toLowerCase()) ?? new SseParser(),
    };
  }

  #openRelay(contentType: string): StreamRelay {
    const { provider, sink, origin } = this.#input;
    const { path, parser } = this.#openPath(contentType);
    return new StreamRelay(
      path,
      { sink, origin, exchange: this.#exchange, clock: this.#exchangeContext.clock, parser },
      {
        onCommit: (nowMs) => {
          this.#markAnswered(nowMs);
          origin.endpoint.signals.breaker.onContent(nowMs);
        },
        onCompleted: () =>
          this.#settle({ type: 'completed', metering: this.#streamMetering() ?? this.#wholeMetering(undefined, undefined) }),
        onBroken: (error) => this.#onBroken(error),
        classify: (error) => classify(provider, error),
      },
    );
  }

  #onBroken(error: UpstreamError): void {
    this.#exchange.close();
    const metering = this.#streamMetering();
    if (metering === undefined || this.#relay === undefined) {
      this.#settle({ type: 'failed', error: withStatus(error, this.#status), neverSent: false });
    } else if (error.reason === 'cancelled') {
      this.#input.sink.cut();
      this.#settle({ type: 'gone', metering });
    } else {
      this.#breakOff(this.#relay.path, this.#input.tellCut(error));
      this.#settle({ type: 'cut', error, metering });
    }
  }

  /** Ends an answer in its middle so that the caller cannot take it for a whole one. */
  #breakOff(path: StreamPath, told: CallerError): void {
    if (path.breaksOff === true) this.#input.sink.cut();
    else this.#input.sink.endStream(path.fail(told));
  }

  /** The provider answered a stream request in one piece: it becomes a stream here. */
  #streamWhole(answer: WholeAnswer): void {
    const { call, provider, context, sink, origin } = this.#input;
    const decoded = decodeAnswerEvents(answer, provider);
    if (decoded.type === 'failure') {
      this.#settle({ type: 'failed', error: decoded.error, neverSent: false });
      return;
    }
    const encoder = call.dialect.streamEncoder(context);
    this.#markAnswered(this.#answeredAtMs);
    let text = '';
    for (const event of decoded.events) text += encoder.push(event);
    sink.beginStream(text + encoder.end(), origin);
    sink.endStream('');
    this.#settle({ type: 'completed', metering: this.#wholeMetering(decoded.usage, decoded.finish) });
  }

  #deliver(answer: WholeAnswer): void {
    const { call, provider, context, sink, origin, format } = this.#input;
    const verdict =
      format === undefined
        ? judgeAnswer(answer, call, provider, context)
        : judgeSideAnswer(answer, { call, provider, format, requestId: context.requestId });
    if (verdict.type === 'failure') {
      this.#settle({ type: 'failed', error: verdict.error, neverSent: false });
      return;
    }
    this.#markAnswered(this.#answeredAtMs);
    sink.sendAnswer(verdict.body, origin, verdict.usage);
    this.#settle({ type: 'completed', metering: this.#wholeMetering(verdict.usage, verdict.finish) });
  }

  #decodeError(answer: WholeAnswer): UpstreamError {
    if (answer.status < 400) return malformed(`the provider answered ${answer.status}; redirects are not followed`);
    const header = (name: string): string | undefined => {
      const value = answer.headers[name];
      return typeof value === 'string' ? value : value?.[0];
    };
    return this.#input.provider.decodeError(answer.status, header, answer.body.toString('utf8'), this.#exchangeContext.clock.wallMs());
  }

  #markAnswered(nowMs: number): void {
    const { origin } = this.#input;
    origin.upstreamMs += nowMs - this.#exchange.startedAtMs;
  }

  #wholeMetering(usage: Usage | undefined, finish: FinishReason | undefined): Metering {
    const ttftMs = this.#answeredAtMs - this.#exchange.startedAtMs;
    // Vectors and pictures are no tokens.
    const estimatedOutputTokens = this.#input.format === undefined ? Math.ceil(this.#collectedBytes / 4) : 0;
    return { usage, estimatedOutputTokens, ttftMs, finish, streamed: false };
  }

  #streamMetering(): Metering | undefined {
    const relay = this.#relay;
    if (relay?.committedAtMs === undefined) return undefined;
    const { usage, estimatedOutputTokens, finish } = relay.path;
    return { usage, estimatedOutputTokens, ttftMs: relay.committedAtMs - this.#exchange.startedAtMs, finish, streamed: true };
  }

  #takeCollected(): Buffer {
    const pieces = this.#collected;
    this.#collected = [];
    const only = pieces[0];
    return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
  }

  #reject(error: UpstreamError): void {
    this.#exchange.close();
    this.#settle({ type: 'failed', error: withStatus(error, this.#status), neverSent: false });
  }

  #settle(result: AttemptResult): void {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(result);
  }
}

/** Content types of an answer that is not a stream, whatever was asked for. */
function isWholeAnswer(contentType: string): boolean {
  return /^\s*(application\/json|text\/html)/i.test(contentType);
}

function withStatus(error: UpstreamError, status: number): UpstreamError {
  return status === 0 || error.status !== undefined ? error : { ...error, status };
}
