import type { CallerError } from '../wire/caller-error.ts';
import type { ParsedSseEvent } from '../wire/sse-parser.ts';
import type { FinishReason, StreamError } from '../wire/stream-event.ts';
import type { Usage } from '../wire/usage.ts';

/** What the events of one read mean. */
export interface StreamStep {
  /** Whole events for the caller, in one piece; empty when there are none. */
  readonly output: Buffer | string;
  /** Something in it is visible to the caller: the answer may be committed. */
  readonly content: boolean;
  /** The provider said that it failed; `output` holds what came before. */
  readonly error: StreamError | undefined;
  /** The dialect's end marker was among the events. */
  readonly done: boolean;
}

/** How the events of a provider's stream become the bytes of the caller's stream. Stateful, one per answer. */
export interface StreamPath {
  /** Must be called once per read, with the read's own bytes. */
  push(chunk: Buffer, events: readonly ParsedSseEvent[]): StreamStep;
  /** The answer is complete by the provider's dialect. */
  readonly ended: boolean;
  /** Last usage told, or undefined. */
  readonly usage: Usage | undefined;
  /** Why the answer ended, once the provider has said so. */
  readonly finish: FinishReason | undefined;
  /** Output tokens estimated from what was streamed, for answers without usage. */
  readonly estimatedOutputTokens: number;
  /** What is still to be written to end the stream properly. */
  end(): string;
  /** Nothing can be said in the middle of such an answer: one that fails is broken off. */
  readonly breaksOff?: true;
  /** One in-band error in the caller's dialect. */
  fail(error: CallerError): string;
}
