import { InvalidArgumentError } from 'commander';

/** Flags of `headgate dev`, checked. */
export interface DevOptions {
  /** Undefined = the quick-start manifests. */
  readonly manifests: string | undefined;
  readonly proxies: number;
  /** Data port that all proxies share. */
  readonly port: number;
  /** Admin port of the operator; the proxies take the following ones. */
  readonly adminPort: number;
  readonly simulator: boolean;
}

const MAX_PROXIES = 16;

/** Parser of a port flag. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65535) throw new InvalidArgumentError('a port is a number from 1 to 65535.');
  return port;
}

/** Parser of `--proxies`. */
export function parseProxyCount(text: string): number {
  const count = Number(text);
  if (!/^\d{1,2}$/.test(text) || count < 1 || count > MAX_PROXIES) throw new InvalidArgumentError(`a number from 1 to ${MAX_PROXIES}.`);
  return count;
}
