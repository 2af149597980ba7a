import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { formatLogTime } from './log-time.ts';

/** Takes whole lines, their line feed included. */
export interface LineSink {
  write(line: string): void;
}

/** A pino logger and the means to end it. */
export interface ProxyLogger {
  readonly logger: Logger;
  /** The logger's own destination, for lines of level info that are written ready-made. */
  readonly lines: LineSink;
  /** Writes what is buffered, synchronously. Never throws: a log that cannot be written must not stop a shutdown. */
  close(): void;
}

/** Lines are gathered before a write: an unbuffered one costs a system call and a trip through the thread pool. */
const BUFFER_BYTES = 32 * 1024;
const MAX_WRITE_BYTES = 64 * 1024;
const FLUSH_INTERVAL_MS = 1000;

/** JSON lines on `fd`, buffered, written out at least every second. */
export function createLogger(level: string, fd = 1): ProxyLogger {
  const sink = destination({ fd, minLength: BUFFER_BYTES, maxWrite: MAX_WRITE_BYTES, sync: false });
  // A reader of the log that went away (EPIPE) must not take the proxy with it.
  sink.on('error', () => {});
  const logger = pinoOn(level, sink);
  const timer = setInterval(() => sink.flush(), FLUSH_INTERVAL_MS);
  timer.unref();
  return {
    logger,
    lines: logger.isLevelEnabled('info') ? sink : SILENT,
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
export function createLoggerOn(level: string, stream: LineSink): ProxyLogger {
  const logger = pinoOn(level, stream);
  return { logger, lines: logger.isLevelEnabled('info') ? stream : SILENT, close: () => {} };
}

const SILENT: LineSink = { write: () => {} };

function pinoOn(level: string, stream: DestinationStream): Logger {
  return pino({ level, base: null, timestamp: () => `,"time":"${formatLogTime(Date.now())}"` }, stream);
}
