import type { AnswerContext, IngressDialect, StreamDecoder, StreamEncoder, WireUpstream } from '../dialects/dialect.ts';
import type { CallerError } from '../wire/caller-error.ts';
import type { ParsedSseEvent } from '../wire/sse-parser.ts';
import { type FinishReason, isContent, type StreamError, type StreamEvent } from '../wire/stream-event.ts';
import type { Usage } from '../wire/usage.ts';
import type { StreamPath, StreamStep } from './stream-path.ts';

const CHARACTERS_PER_TOKEN = 4;

/** The two sides speak different dialects: provider events -> canonical events -> the caller's events. */
export class TranslatePath implements StreamPath {
  usage: Usage | undefined;
  finish: FinishReason | undefined;
  readonly #decoder: StreamDecoder;
  readonly #encoder: StreamEncoder;
  #characters = 0;

  constructor(provider: WireUpstream, caller: IngressDialect, context: AnswerContext) {
    this.#decoder = provider.streamDecoder();
    this.#encoder = caller.streamEncoder(context);
  }

  get ended(): boolean {
    return this.#decoder.ended;
  }

  get estimatedOutputTokens(): number {
    return Math.ceil(this.#characters / CHARACTERS_PER_TOKEN);
  }

  push(_chunk: Buffer, events: readonly ParsedSseEvent[]): StreamStep {
    let output = '';
    let content = false;
    for (const event of events) {
      for (const canonical of this.#decoder.push(event)) {
        if (canonical.type === 'error') return { output, content, error: canonical.error, done: false };
        if (canonical.type === 'usage') this.usage = canonical.usage;
        if (canonical.type === 'finish') this.finish = canonical.reason;
        if (isContent(canonical)) {
          content = true;
          this.#characters += textLength(canonical);
        }
        output += this.#encoder.push(canonical);
      }
    }
    return { output, content, error: undefined as StreamError | undefined, done: false };
  }

  end(): string {
    return this.#encoder.end();
  }

  fail(error: CallerError): string {
    return this.#encoder.fail(error);
  }
}

function textLength(event: StreamEvent): number {
  switch (event.type) {
    case 'text-delta':
    case 'refusal-delta':
    case 'reasoning-delta':
      return event.text.length;
    case 'tool-call-start':
      return event.name.length;
    case 'tool-call-delta':
      return event.argumentsJson.length;
    default:
      return 0;
  }
}
