import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CallerError, callerError } from '../wire/caller-error.ts';

/** What node:http attaches to the errors of a connection. */
export interface ConnectionError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
  readonly reason?: string;
}

/** Turns a failure of the HTTP parser or of the connection's own timeouts into what the caller is told. */
export function explainConnectionError(error: ConnectionError): CallerError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return callerError('headers_too_large', 'The request headers are larger than 32 KiB.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return callerError('body_too_large', 'The chunk extensions of the request body are too large.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return callerError('body_timeout', 'The request did not arrive in time.');
    default:
      return callerError(
        'invalid_request',
        `The request is not well-formed HTTP/1.1${error.reason === undefined ? '' : `: ${error.reason}`}.`,
      );
  }
}

/** True when the broken request was meant for the Anthropic dialect, as far as its bytes tell. */
export function looksAnthropic(error: ConnectionError): boolean {
  const head = error.rawPacket?.subarray(0, 4096).toString('latin1') ?? '';
  return head.includes(' /v1/messages') || /\nanthropic-version:/i.test(head);
}

/**
 * Answers on a bare socket, where there is no response object to answer with, and closes it.
 * @param body JSON text in the caller's dialect
 */
export function answerOnSocket(socket: Duplex, error: CallerError, body: string): void {
  const payload = Buffer.from(body);
  socket.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}\r\n` +
      'content-type: application/json\r\nx-should-retry: false\r\nconnection: close\r\n' +
      `content-length: ${payload.length}\r\n\r\n${payload.toString('utf8')}`,
  );
  // A peer that never reads or closes must not keep the socket.
  socket.on('error', () => {});
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), 1000);
  timer.unref();
}
