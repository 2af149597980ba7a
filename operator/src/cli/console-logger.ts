import type { LogFields, Logger } from '../support/logger.ts';

const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'];

/** Lines for a person at a terminal: level, message, then the fields as `name=value`. */
export function createConsoleLogger(lowest: string, print: (line: string) => void): Logger {
  const threshold = Math.max(0, LEVELS.indexOf(lowest));
  const logAt =
    (level: number, label: string) =>
    (fields: LogFields, message: string): void => {
      if (level >= threshold) print(`${label}${message}${describe(fields)}`);
    };
  return { debug: logAt(0, ''), info: logAt(1, ''), warn: logAt(2, 'WARNING: '), error: logAt(3, 'ERROR: ') };
}

function describe(fields: LogFields): string {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
