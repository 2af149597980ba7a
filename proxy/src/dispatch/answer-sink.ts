import type { Endpoint, Target } from '../snapshot/snapshot.ts';
import type { Loss } from '../wire/chat-call.ts';
import type { Usage } from '../wire/usage.ts';

/** What the head of an answer tells the caller about where it came from. */
export interface AnswerOrigin {
  readonly target: Target;
  readonly endpoint: Endpoint;
  /** Attempts so far, this one included. */
  readonly attempts: number;
  readonly losses: readonly Loss[];
  /** Spent waiting for providers until the answer (its first content, when streamed) was there; set by the attempt. */
  upstreamMs: number;
  /** Of a streamed answer that is not one of chat; set by the attempt. */
  contentType?: string;
}

export interface SinkListener {
  /** The caller's connection is gone. Called at most once. */
  onGone(): void;
  /** The caller has read what was written; called after a `write` that returned false. */
  onDrain(): void;
}

/**
 * Where an answer goes: the caller's connection. Dispatch decides what is said and when, emit (which implements this)
 * how it is put on the wire. Exactly one of `sendAnswer` and `beginStream` is called, and at most once.
 */
export interface AnswerSink {
  readonly gone: boolean;
  /** The request in progress; told when the connection closes or drains. */
  listener: SinkListener | undefined;
  /** A whole blocking answer. `usage` undefined = the provider told none. */
  sendAnswer(body: Buffer, origin: AnswerOrigin, usage: Usage | undefined): void;
  /** Head and first bytes of a stream. False = stop writing until `onDrain`. */
  beginStream(bytes: Buffer | string, origin: AnswerOrigin): boolean;
  write(bytes: Buffer | string): boolean;
  /** Ends the stream after `bytes`. */
  endStream(bytes: Buffer | string): void;
  /** The connection carries a session over a WebSocket from here on. */
  switchProtocols(): void;
  /** Closes the connection without ceremony: the caller does not read. */
  cut(): void;
}
