import type { UpstreamError } from '../wire/failure.ts';

/** What is known of a connection error without trusting its class. */
interface CodedError extends Error {
  readonly code?: string;
  readonly cause?: unknown;
}

const TLS_CODES = /^(EPROTO$|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** Turns what undici or the socket reports into a failure with words that help whoever reads them. */
export function explainNetworkError(thrown: Error): UpstreamError {
  const error = thrown as CodedError;
  const code = error.code ?? (error.cause instanceof Error ? (error.cause as CodedError).code : undefined) ?? '';
  const failure = (reason: UpstreamError['reason'], message: string): UpstreamError =>
    code === '' ? { reason, message } : { reason, message, code };
  switch (code) {
    case 'ECONNREFUSED':
      return failure('network', 'connection refused');
    case 'ECONNRESET':
    case 'EPIPE':
      return failure('network', 'connection reset by the provider');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return failure('network', 'host name does not resolve');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return failure('network', 'host is unreachable');
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return failure('timeout', 'no connection in time');
    case 'UND_ERR_SOCKET':
      return failure('network', 'connection closed before the answer was complete');
    case 'UND_ERR_HEADERS_OVERFLOW':
      return failure('malformed', 'the head of the answer is too large');
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return failure('malformed', 'the answer is shorter than its content-length');
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return failure('network', 'the connection pool is closed');
  }
  if (code.startsWith('HPE_')) return failure('malformed', 'the answer is not well-formed HTTP/1.1');
  if (TLS_CODES.test(code)) return failure('network', `TLS handshake failed (${code})`);
  return failure('network', code === '' ? `connection failed: ${error.message}` : `connection failed (${code})`);
}
