import { hostname } from 'node:os';
import type { RoutingTable } from '@headgate/crds';
import type { DataServerTimeouts } from './accept/data-server.ts';
import type { ControlAddress } from './snapshot/control-client.ts';

/** Everything about a proxy that is not in its routing table. Absent fields take the defaults of the environment form. */
export interface ProxyOptions {
  /** 0 = any free port. */
  readonly dataPort?: number;
  readonly adminPort?: number;
  /** Address to listen on; absent = every address, IPv6 and IPv4. */
  readonly bind?: string;
  /** Several proxies share the data port; the kernel spreads connections. */
  readonly reusePort?: boolean;
  readonly proxyId?: string;
  /** Where tables come from; absent = only from `table` or files. */
  readonly control?: Omit<ControlAddress, 'proxyId'>;
  /** Folder for a copy of the last table. */
  readonly stateDir?: string;
  /** Folder in which the operator's snapshot Secrets are mounted. */
  readonly snapshotDir?: string;
  /** A table to start with, for tests and tools. */
  readonly table?: RoutingTable;
  readonly logLevel?: string;
  /** Where log lines go instead of standard output. */
  readonly logTo?: { write(line: string): void };
  readonly maxBodyBytes?: number;
  readonly bodyTimeoutMs?: number;
  readonly slowReaderMs?: number;
  readonly serverTimeouts?: DataServerTimeouts;
  readonly reportIntervalMs?: number;
  /** How long connections are still accepted after the drain began. */
  readonly minDrainMs?: number;
  /** How long answers may take to finish after that. */
  readonly drainMs?: number;
}

export type ParsedOptions =
  | { readonly type: 'ok'; readonly options: ProxyOptions }
  | { readonly type: 'invalid'; readonly message: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the HEADGATE_* variables; docs list them in the chart's values and in `headgate dev --help`. */
export function optionsFromEnvironment(env: Environment): ParsedOptions {
  const problems: string[] = [];
  const whole = (name: string, fallback: number, scale = 1): number => {
    const text = env[name];
    if (text === undefined || text === '') return fallback * scale;
    if (/^\d{1,12}$/.test(text)) return Number(text) * scale;
    problems.push(`${name}=${text} is not a whole number`);
    return fallback * scale;
  };
  const controlUrl = text(env, 'HEADGATE_CONTROL_URL');
  if (controlUrl !== undefined && !URL.canParse(controlUrl)) problems.push(`HEADGATE_CONTROL_URL=${controlUrl} is not a URL`);
  const options: ProxyOptions = {
    dataPort: whole('HEADGATE_DATA_PORT', 8080),
    adminPort: whole('HEADGATE_ADMIN_PORT', 9090),
    reusePort: env['HEADGATE_REUSE_PORT'] === 'true',
    proxyId: text(env, 'HEADGATE_PROXY_ID') ?? hostname(),
    logLevel: text(env, 'HEADGATE_LOG_LEVEL') ?? 'info',
    maxBodyBytes: whole('HEADGATE_MAX_BODY_BYTES', 32 * 1024 * 1024),
    reportIntervalMs: whole('HEADGATE_REPORT_INTERVAL_MS', 2000),
    minDrainMs: whole('HEADGATE_MIN_DRAIN_SECONDS', 2, 1000),
    drainMs: whole('HEADGATE_DRAIN_SECONDS', 300, 1000),
    ...optional('bind', text(env, 'HEADGATE_BIND')),
    ...optional('stateDir', text(env, 'HEADGATE_STATE_DIR')),
    ...optional('snapshotDir', text(env, 'HEADGATE_SNAPSHOT_DIR')),
    ...optional('control', controlUrl === undefined ? undefined : controlFrom(env, controlUrl)),
  };
  return problems.length > 0 ? { type: 'invalid', message: problems.join('; ') } : { type: 'ok', options };
}

function controlFrom(env: Environment, url: string): Omit<ControlAddress, 'proxyId'> {
  return {
    url,
    ...optional('caFile', text(env, 'HEADGATE_CONTROL_CA_FILE')),
    ...optional('tokenFile', text(env, 'HEADGATE_CONTROL_TOKEN_FILE')),
  };
}

function text(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
