import type { SsePush } from './sse-parser.ts';

/**
 * Cuts the bytes of a streamed answer into events, whatever frames them: server-sent events, the elements of a JSON
 * array, lines of JSON. However the bytes are split, the events are the same.
 */
export interface StreamParser {
  push(chunk: Uint8Array): SsePush;
  /** The stream has ended: gives the event that its end cut off, if there is one. */
  end(): SsePush;
}
