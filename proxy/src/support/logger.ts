import { type DestinationStream, type Logger, pino } from 'pino';
import { LineFile } from './line-file.ts';
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
  /** Writes what is buffered. Never rejects, and ends soon: a log that cannot be written must not stop a shutdown. */
  close(): Promise<void>;
  /** The reader of the log takes nothing at the moment. Node's own exit would wait for it. */
  readonly stuck: () => boolean;
}

/** JSON lines on `fd`, buffered, written out at least every second. */
export function createLogger(level: string, fd = 1): ProxyLogger {
  // Not pino's own destination: with its reader gone that one keeps every line and never comes back from a last flush.
  const file = new LineFile(fd);
  const logger = pinoOn(level, file);
  return { logger, lines: logger.isLevelEnabled('info') ? file : SILENT, close: () => file.close(), stuck: () => file.writing };
}

/** The same format on any stream, unbuffered. */
export function createLoggerOn(level: string, stream: LineSink): ProxyLogger {
  const logger = pinoOn(level, stream);
  return { logger, lines: logger.isLevelEnabled('info') ? stream : SILENT, close: () => Promise.resolve(), stuck: () => false };
}

const SILENT: LineSink = { write: () => {} };

function pinoOn(level: string, stream: DestinationStream): Logger {
  return pino({ level, base: null, timestamp: () => `,"time":"${formatLogTime(Date.now())}"` }, stream);
}
