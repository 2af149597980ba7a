import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type CallerError, callerError } from '../wire/caller-error.ts';
import { answerOnSocket, type ConnectionError, explainConnectionError, looksAnthropic } from './client-error.ts';
import { isUpload } from './is-upload.ts';
import { isUpgradable, openUpgrade, type Upgrade } from './upgrade.ts';

/** @param upgrade set when the caller asks to switch to a WebSocket where that is served */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, upgrade?: Upgrade) => void;

export interface DataServerHooks {
  readonly handle: RequestHandler;
  /** JSON text of an error in the caller's dialect. */
  readonly encodeConnectionError: (error: CallerError, at: ErrorPlace) => string;
}

export interface ErrorPlace {
  readonly anthropic: boolean;
  /** In the middle of a request: it is counted as what became of that. */
  readonly inRequest: boolean;
}

export interface DataServerTimeouts {
  readonly headersTimeoutMs: number;
  /** Backstop above the body timeout of `readBody`, which answers in the caller's dialect; not for uploads. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** How often connections are checked against the two request timeouts. */
  readonly checkIntervalMs: number;
}

export const DATA_SERVER_TIMEOUTS: DataServerTimeouts = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 130_000,
  keepAliveTimeoutMs: 75_000,
  checkIntervalMs: 2000,
};

const MAX_HEADER_BYTES = 32 * 1024;

/** `httpAllowHalfOpen` is documented nowhere but honoured since Node 0.x; the typings lack it. */
interface HalfOpenServer extends Server {
  httpAllowHalfOpen?: boolean;
}

/**
 * The listener of the data port: node:http with every limit set. Anything that never becomes a request (broken HTTP,
 * slow headers, CONNECT) is answered here on the bare socket.
 */
export function createDataServer(hooks: DataServerHooks, timeouts: DataServerTimeouts = DATA_SERVER_TIMEOUTS): Server {
  const server: HalfOpenServer = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: timeouts.headersTimeoutMs,
      requestTimeout: timeouts.requestTimeoutMs,
      keepAliveTimeout: timeouts.keepAliveTimeoutMs,
      connectionsCheckingInterval: timeouts.checkIntervalMs,
      noDelay: true,
      // Answered by checkHead, in the caller's dialect; node would send an empty 400.
      requireHostHeader: false,
      shouldUpgradeCallback: ({ url }) => isUpgradable(url),
    },
    (request, response) => hooks.handle(request, response),
  );
  // A caller may close its sending side after the request and still wait for the answer.
  server.httpAllowHalfOpen = true;
  // 0 = no limit here: node would drop the surplus silently, checkHead answers 431.
  server.maxHeadersCount = 0;
  server.on('checkContinue', (request, response) => hooks.handle(request, response));
  server.on('checkExpectation', (request, response) => hooks.handle(request, response));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { response, upgrade } = openUpgrade(request, socket, head);
    hooks.handle(request, response, upgrade);
  });
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    const error = callerError('method_not_allowed', 'CONNECT is not served.');
    answerOnSocket(socket, error, hooks.encodeConnectionError(error, { anthropic: false, inRequest: false }));
    request.resume();
  });
  server.on('clientError', (error: ConnectionError, socket: Duplex) => onConnectionError(error, socket, hooks));
  return server;
}

/** `_httpMessage` is node's own mark of a response in progress on a socket. */
interface ServedSocket extends Socket {
  readonly _httpMessage?: ServerResponse | null;
}

function onConnectionError(error: ConnectionError, socket: Duplex, hooks: DataServerHooks): void {
  const inProgress = (socket as ServedSocket)._httpMessage;
  // Told once per request. A file of half a gigabyte may take a quarter of an hour; one that stops moving, its relay ends.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && inProgress && isUpload(inProgress.req)) return;
  // After a reset nobody listens; after a head has gone out, a second one would corrupt the answer.
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable || inProgress?.headersSent === true) {
    socket.destroy(error);
    return;
  }
  const told = explainConnectionError(error);
  const inRequest = inProgress !== undefined && inProgress !== null;
  answerOnSocket(socket, told, hooks.encodeConnectionError(told, { anthropic: looksAnthropic(error), inRequest }));
}
