import { type DestinationStream, type LoggerOptions, pino } from 'pino';

export type LogFields = Readonly<Record<string, unknown>>;

/** Messages are constant sentences, so that they can be searched and counted; everything that varies is a field. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** Names under which a credential could end up in a field, at the top and one level down. */
const SECRET_FIELDS = ['authorization', 'token', 'apiKey', 'password', 'data', 'stringData', 'key', 'privateKey'];
const REDACTED_PATHS = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/**
 * A JSON logger, one line per event on standard output (or `destination`), level as pino names it.
 * Fields that usually hold credentials are replaced by `[redacted]`; name the key of an object `object`, not `key`.
 */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const ignore = (): void => undefined;

export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
