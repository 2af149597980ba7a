import { type DestinationStream, destination, type Logger, pino } from 'pino';

/** A pino logger and the means to end it. */
export interface ProxyLogger {
  readonly logger: Logger;
  /** Writes what is buffered, synchronously. Never throws: a log that cannot be written must not stop a shutdown. */
  close(): void;
}

/** Lines are gathered to 4 KiB before a write: an unbuffered line costs a system call per request. */
const BUFFER_BYTES = 4096;
const FLUSH_INTERVAL_MS = 1000;

/** JSON lines on `fd`, buffered, written out at least every second. */
export function createLogger(level: string, fd = 1): ProxyLogger {
  const sink = destination({ fd, minLength: BUFFER_BYTES, sync: false });
  // A reader of the log that went away (EPIPE) must not take the proxy with it.
  sink.on('error', () => {});
  const timer = setInterval(() => sink.flush(), FLUSH_INTERVAL_MS);
  timer.unref();
  return {
    logger: pinoOn(level, sink),
    close: () => {
      clearInterval(timer);
      try {
        sink.flushSync();
      } catch {
        // Not open yet, or closed by the reader: nothing to save.
      }
    },
  };
}

/** The same format on any stream, unbuffered. */
export function createLoggerOn(level: string, stream: DestinationStream): ProxyLogger {
  return { logger: pinoOn(level, stream), close: () => {} };
}

function pinoOn(level: string, stream: DestinationStream): Logger {
  return pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, stream);
}
