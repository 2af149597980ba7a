import { END, send } from '../../../fakes/provider-answers.ts';
import type { Script } from '../../../fakes/scripted-upstream.ts';

/** Prime, so that the cuts fall everywhere: into events, line ends and characters. */
const PIECE_BYTES = 61;

/** A stream whose bytes come in pieces that have nothing to do with its events. */
export function inPieces(contentType: string, bytes: Buffer | string): Script {
  const whole = Buffer.from(bytes);
  const pieces = Array.from({ length: Math.ceil(whole.length / PIECE_BYTES) }, (_, i) =>
    whole.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES),
  );
  const head = send(`HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\ntransfer-encoding: chunked\r\n\r\n`);
  return [head, ...pieces.map((piece) => ({ type: 'chunk' as const, bytes: piece })), END];
}

/** Events without names. */
export function sseOf(events: readonly object[], lineEnd = '\n'): string {
  return events.map((event) => `data: ${JSON.stringify(event)}${lineEnd}${lineEnd}`).join('');
}

/** An event that says itself what it is. */
export type TypedEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Events whose names are their types. */
export function namedSse(events: readonly TypedEvent[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}
