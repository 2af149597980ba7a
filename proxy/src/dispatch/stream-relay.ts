import type { Clock } from '../support/clock.ts';
import type { UpstreamError } from '../wire/failure.ts';
import { parseJson } from '../wire/read-json.ts';
import { MAX_EVENT_BYTES } from '../wire/sse-parser.ts';
import type { StreamError } from '../wire/stream-event.ts';
import type { StreamParser } from '../wire/stream-parser.ts';
import type { AnswerOrigin, AnswerSink } from './answer-sink.ts';
import { malformed } from './judge-answer.ts';
import type { StreamPath, StreamStep } from './stream-path.ts';
import type { UpstreamExchange } from './upstream-exchange.ts';

/** A provider that sends more than the largest event without any content is not answering. */
const MAX_GATED_BYTES = MAX_EVENT_BYTES;

export interface RelayHooks {
  /** The first content is there, at `nowMs`; it is about to be written. */
  readonly onCommit: (nowMs: number) => void;
  /** The answer is complete and written. */
  readonly onCompleted: () => void;
  /** Before commit: nothing has been sent to the caller. After: the caller has not been told yet. */
  readonly onBroken: (error: UpstreamError) => void;
  /** Turns an error told inside the stream into a failure. */
  readonly classify: (error: StreamError) => UpstreamError;
}

/**
 * The stream state machine: gated (nothing sent, every fault can still be masked by another target) -> committed by the
 * first content -> over. Only whole events are passed on, those of one read in one write.
 */
export class StreamRelay {
  /** Monotonic ms of the first content; undefined = not committed. */
  committedAtMs: number | undefined;
  readonly path: StreamPath;
  readonly #sink: AnswerSink;
  readonly #origin: AnswerOrigin;
  readonly #exchange: UpstreamExchange;
  readonly #clock: Clock;
  readonly #hooks: RelayHooks;
  readonly #parser: StreamParser;
  #gated: (Buffer | string)[] = [];
  #gatedBytes = 0;
  #over = false;

  constructor(
    path: StreamPath,
    route: {
      readonly sink: AnswerSink;
      readonly origin: AnswerOrigin;
      readonly exchange: UpstreamExchange;
      readonly clock: Clock;
      readonly parser: StreamParser;
    },
    hooks: RelayHooks,
  ) {
    this.path = path;
    this.#sink = route.sink;
    this.#origin = route.origin;
    this.#exchange = route.exchange;
    this.#clock = route.clock;
    this.#parser = route.parser;
    this.#hooks = hooks;
  }

  onData(chunk: Buffer): void {
    if (this.#over) return;
    const parsed = this.#parser.push(chunk);
    if (parsed.type === 'too-large') {
      this.#break(malformed(`a ${parsed.part} of the stream is larger than ${parsed.limitBytes} bytes`));
      return;
    }
    this.#forward(this.path.push(chunk, parsed.events));
    if (this.committedAtMs === undefined && !this.#over) this.#limitGate(chunk.length);
  }

  /** The provider's answer has ended, in the sense of HTTP. */
  onEnd(): void {
    if (this.#over) return;
    // An event without its closing blank line still counts when it is whole; half of one does not parse.
    const rest = this.#parser.end();
    const last = rest.type === 'events' ? rest.events[0] : undefined;
    if (last !== undefined && isWhole(last.data)) {
      this.#forward(this.path.push(BLANK_LINE, [{ ...last, endOffset: last.endOffset + BLANK_LINE.length }]));
    }
    if (this.#over) return;
    if (this.path.ended) this.#complete();
    else
      this.#break(
        malformed(this.committedAtMs === undefined ? 'the stream ended without content' : 'the stream ended in the middle of the answer'),
      );
  }

  /** The connection broke. What comes after a complete answer is not the caller's concern. */
  onFailure(error: UpstreamError): void {
    if (this.#over) return;
    if (this.path.ended && error.reason !== 'cancelled') this.#complete();
    else this.#break(error);
  }

  /** Stops passing on; the caller has gone. */
  stop(): void {
    this.#over = true;
    this.#gated = [];
  }

  #forward(step: StreamStep): void {
    if (step.content && this.committedAtMs === undefined) this.#commit(step.output);
    else if (this.committedAtMs === undefined) this.#gate(step.output);
    else if (step.output.length > 0 && !this.#sink.write(step.output)) this.#exchange.pause();
    if (step.error !== undefined) this.#break(this.#hooks.classify(step.error));
    else if (step.done && this.path.ended) this.#complete();
    else if (step.done) this.#break(malformed('the stream ended without a finish reason'));
    else if (this.path.ended) this.#exchange.enterTail();
  }

  #commit(output: Buffer | string): void {
    this.#markCommitted();
    this.#exchange.enterIdlePhase();
    const bytes = this.#takeGated(output);
    if (!this.#sink.beginStream(bytes, this.#origin)) this.#exchange.pause();
  }

  #markCommitted(): void {
    this.committedAtMs = this.#clock.monotonicMs();
    this.#hooks.onCommit(this.committedAtMs);
  }

  #takeGated(output: Buffer | string): Buffer | string {
    if (this.#gated.length === 0) return output;
    const pieces = [...this.#gated, output];
    this.#gated = [];
    return joinOutput(pieces);
  }

  #gate(output: Buffer | string): void {
    if (output.length > 0) this.#gated.push(output);
  }

  #limitGate(bytes: number): void {
    this.#gatedBytes += bytes;
    if (this.#gatedBytes > MAX_GATED_BYTES) this.#break(malformed(`no content in the first ${MAX_GATED_BYTES} bytes of the stream`));
  }

  #complete(): void {
    this.#over = true;
    const tail = this.path.end();
    if (this.committedAtMs === undefined) {
      // A proper answer without any content, e.g. a refusal by length 0: passed on as it is.
      this.#markCommitted();
      this.#sink.beginStream(this.#takeGated(tail), this.#origin);
      this.#sink.endStream('');
    } else {
      this.#sink.endStream(tail);
    }
    this.#exchange.enterTail();
    this.#hooks.onCompleted();
  }

  #break(error: UpstreamError): void {
    this.#over = true;
    this.#gated = [];
    this.#hooks.onBroken(error);
  }
}

const BLANK_LINE = Buffer.from('\n\n');

function isWhole(data: string): boolean {
  return data === '[DONE]' || parseJson(data) !== undefined;
}

function joinOutput(pieces: readonly (Buffer | string)[]): Buffer | string {
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}
