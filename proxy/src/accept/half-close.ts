import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Answers faster than this reach a half-closed caller without anything in front of them. */
const GRACE_MS = 20;
/** An SSE comment: says nothing to the reader of a stream. */
const PROBE_COMMENT = ':\n\n';

/** `_httpMessage` is node's own mark of a response in progress on a socket. */
interface ServedSocket extends Socket {
  readonly _httpMessage?: ServerResponse | null;
}

/**
 * Tells a caller that closed its sending side and waits (half-close) from one that is gone: both send the same FIN, and
 * only the peer's answer to new bytes differs (RFC 9293 section 3.10.7.4: a closed peer resets). So a few harmless bytes
 * are sent: an interim `100 Continue` before the head, an SSE comment within a stream. A reset then aborts the request.
 */
export function watchHalfClose(server: Server): void {
  server.on('connection', (socket: ServedSocket) => {
    socket.on('end', () => {
      const response = socket._httpMessage;
      if (response == null || response.writableEnded) return;
      const timer = setTimeout(() => probe(socket, response), GRACE_MS);
      timer.unref();
    });
  });
}

function probe(socket: ServedSocket, response: ServerResponse): void {
  if (socket.destroyed || response.writableEnded || socket._httpMessage !== response) return;
  if (response.headersSent) response.write(PROBE_COMMENT);
  else if (response.req.httpVersion === '1.1') response.writeContinue();
}
