import type { SseEvent } from './sse.ts';
import type { FinishReason, StreamError } from './stream-event.ts';
import type { Usage } from './usage.ts';

/** What one event of a passed-through stream means to metering, the first-content gate and the commit rule. */
export interface Observation {
  /** The event carries something the caller sees: text, reasoning, a refusal, a tool call. */
  readonly content: boolean;
  /** Tokens as far as the stream has told them by now, merged over events; the last one wins. */
  readonly usage?: Usage;
  readonly finish?: FinishReason;
  readonly error?: StreamError;
  /** The dialect's end marker (`[DONE]`, `message_stop`). */
  readonly done: boolean;
  /** An event that exists only to carry usage: dropped when the caller did not ask for it. */
  readonly usageOnly: boolean;
}

/** Reads a stream that is passed through byte for byte. Stateful, one per answer; parses JSON only where it must. */
export interface StreamObserver {
  push(event: SseEvent): Observation;
  /** As `StreamDecoder.ended`: true once the answer is complete by the dialect's rules. */
  readonly ended: boolean;
}

/** Verdict on a blocking answer that is passed through. */
export type AnswerObservation =
  | { readonly type: 'answer'; readonly usage?: Usage; readonly finish?: FinishReason }
  /** Not an answer of this dialect. `error` is set when the provider reported a failure inside the 2xx. */
  | { readonly type: 'invalid'; readonly message: string; readonly error?: StreamError };
