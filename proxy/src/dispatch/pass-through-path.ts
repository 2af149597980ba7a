import type { AnswerContext, WireDialect } from '../dialects/dialect.ts';
import type { CallerError } from '../wire/caller-error.ts';
import type { StreamObserver } from '../wire/observation.ts';
import type { ParsedSseEvent } from '../wire/sse-parser.ts';
import type { FinishReason, StreamError } from '../wire/stream-event.ts';
import type { Usage } from '../wire/usage.ts';
import { RawWindow } from './raw-window.ts';
import type { StreamPath, StreamStep } from './stream-path.ts';

/** Added where a vendor leaves its end marker out: SDKs wait for it. */
const END_MARKERS: { readonly [id in WireDialect['id']]?: string } = {
  'openai-chat': 'data: [DONE]\n\n',
  'openai-completions': 'data: [DONE]\n\n',
};
const EMPTY = Buffer.alloc(0);
/** Rough length of a token in characters. */
const CHARACTERS_PER_TOKEN = 4;

/** Both sides speak the same dialect: the provider's bytes go through unchanged, whole events only. */
export class PassThroughPath implements StreamPath {
  usage: Usage | undefined;
  finish: FinishReason | undefined;
  readonly #dialect: WireDialect;
  readonly #context: AnswerContext;
  readonly #observer: StreamObserver;
  readonly #window = new RawWindow();
  #done = false;
  #contentEvents = 0;
  #contentCharacters = 0;
  #shortestContent = Number.POSITIVE_INFINITY;

  constructor(dialect: WireDialect, context: AnswerContext) {
    this.#dialect = dialect;
    this.#context = context;
    this.#observer = dialect.streamObserver();
  }

  get ended(): boolean {
    return this.#observer.ended;
  }

  /** The shortest content event is taken for the envelope around one token; what others have beyond it is text. */
  get estimatedOutputTokens(): number {
    if (this.#contentEvents === 0) return 0;
    const beyond = this.#contentCharacters - this.#contentEvents * this.#shortestContent;
    return this.#contentEvents + Math.round(beyond / CHARACTERS_PER_TOKEN);
  }

  push(chunk: Buffer, events: readonly ParsedSseEvent[]): StreamStep {
    this.#window.append(chunk);
    let content = false;
    let error: StreamError | undefined;
    let takenTo = 0;
    let pieces: Buffer[] | undefined;
    for (const event of events) {
      // Bytes after the end marker are nobody's.
      if (this.#done) break;
      const seen = this.#observer.push(event);
      if (seen.usage !== undefined) this.usage = seen.usage;
      if (seen.finish !== undefined) this.finish = seen.finish;
      if (seen.error !== undefined) {
        error = seen.error;
        break;
      }
      if (seen.usageOnly && !this.#context.includeUsage) {
        pieces ??= [];
        pieces.push(this.#window.take(takenTo));
        this.#window.take(event.endOffset);
      }
      if (seen.done) this.#done = true;
      // An end marker without an end before it would make a broken answer look whole.
      if (seen.done && !this.#observer.ended) break;
      takenTo = event.endOffset;
      if (!seen.content) continue;
      content = true;
      this.#countContent(event.data.length);
    }
    const last = takenTo === 0 ? EMPTY : this.#window.take(takenTo);
    const output = pieces === undefined ? last : Buffer.concat([...pieces, last]);
    return { output, content, error, done: this.#done };
  }

  end(): string {
    return this.#done ? '' : (END_MARKERS[this.#dialect.id] ?? '');
  }

  fail(error: CallerError): string {
    return this.#dialect.streamEncoder(this.#context).fail(error);
  }

  #countContent(characters: number): void {
    this.#contentEvents += 1;
    this.#contentCharacters += characters;
    if (characters < this.#shortestContent) this.#shortestContent = characters;
  }
}
