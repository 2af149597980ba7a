import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Answers faster than this reach a half-closed caller without anything in front of them. */
const GRACE_MS = 20;
/** An SSE comment: says nothing to the reader of a stream. */
const PROBE_COMMENT = ':\n\n';
const FIRST_ASK_MS = 5;
const MAX_ASK_MS = 250;

/** `_httpMessage` is node's own mark of a response in progress on a socket. */
interface ServedSocket extends Socket {
  readonly _httpMessage?: ServerResponse | null;
}

/**
 * Tells a caller that closed its sending side and waits (half-close) from one that is gone: both send the same FIN, and
 * only the peer's answer to new bytes differs (a closed peer resets, RFC 9293 section 3.10.7). So a few harmless bytes
 * are sent: an interim `100 Continue` before the head, an SSE comment within a stream. Node does not read after the FIN,
 * so the reset has to be asked for: an empty write puts nothing on the wire but fails once the peer has reset.
 */
export function watchHalfClose(server: Server): void {
  server.on('connection', (socket: ServedSocket) => {
    socket.on('end', () => {
      const response = socket._httpMessage;
      if (response != null && !response.writableEnded) later(GRACE_MS, () => probe(socket, response));
    });
  });
}

function probe(socket: ServedSocket, response: ServerResponse): void {
  if (!isWaiting(socket, response)) return;
  if (response.headersSent) response.write(PROBE_COMMENT);
  else if (response.req.httpVersion === '1.1') response.writeContinue();
  askForReset(socket, response, FIRST_ASK_MS);
}

/** Asks again and again, since the reset takes a round trip and the caller may still leave later. */
function askForReset(socket: ServedSocket, response: ServerResponse, afterMs: number): void {
  later(afterMs, () => {
    if (!isWaiting(socket, response)) return;
    // A failure surfaces as the socket's own error and close.
    socket.write('', () => {});
    askForReset(socket, response, Math.min(afterMs * 2, MAX_ASK_MS));
  });
}

function isWaiting(socket: ServedSocket, response: ServerResponse): boolean {
  return !socket.destroyed && !response.writableEnded && socket._httpMessage === response;
}

function later(ms: number, act: () => void): void {
  setTimeout(act, ms).unref();
}
