import { decodeUsage } from '../dialects/openai-chat/usage.ts';
import { parseJson } from '../wire/read-json.ts';
import type { StreamParser } from '../wire/stream-parser.ts';
import type { Usage } from '../wire/usage.ts';
import type { StreamPath, StreamStep } from './stream-path.ts';

/** Events that tell usage tell it last, and in less than this. */
const TAIL_BYTES = 16 * 1024;
const NO_EVENTS = { type: 'events', events: [] } as const;

/**
 * An answer that is neither JSON nor chat: sound, subtitles, events of pictures. The bytes go on as they arrive, whole
 * only when HTTP says so; of events the last `usage` is read.
 */
export class MediaPath implements StreamPath {
  readonly breaksOff = true;
  readonly finish = undefined;
  readonly estimatedOutputTokens = 0;
  usage: Usage | undefined;
  readonly #tellsUsage: boolean;
  #tail: Buffer = Buffer.alloc(0);
  #bytes = 0;
  #whole = false;

  constructor(contentType: string) {
    this.#tellsUsage = /^\s*text\/event-stream/i.test(contentType);
  }

  /** Cuts nothing, but learns that the answer has ended. */
  get parser(): StreamParser {
    return {
      push: () => NO_EVENTS,
      end: () => {
        this.#onEnd();
        return NO_EVENTS;
      },
    };
  }

  /** No sound at all is no answer. */
  get ended(): boolean {
    return this.#whole && this.#bytes > 0;
  }

  push(chunk: Buffer): StreamStep {
    this.#bytes += chunk.length;
    if (this.#tellsUsage) this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-TAIL_BYTES);
    return { output: chunk, content: chunk.length > 0, error: undefined, done: false };
  }

  end(): string {
    return '';
  }

  fail(): string {
    return '';
  }

  #onEnd(): void {
    this.#whole = true;
    const text = this.#tail.toString('utf8');
    const at = text.lastIndexOf('"usage":');
    if (at >= 0) this.usage = decodeUsage(parseJson(firstObject(text, at)) ?? null);
  }
}

/** The text of the first object behind `from`; braces within strings do not occur in usage. */
function firstObject(text: string, from: number): string {
  const start = text.indexOf('{', from);
  let depth = 0;
  for (let at = start; at >= 0 && at < text.length; at++) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}' && --depth === 0) return text.slice(start, at + 1);
  }
  return '';
}
