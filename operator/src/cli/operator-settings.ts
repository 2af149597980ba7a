import { hostname } from 'node:os';
import { StartError } from './start-error.ts';

/** Settings of `headgate operator`, from HEADGATE_* variables. */
export interface OperatorSettings {
  /** Namespace of the operator itself: Lease, certificate and snapshot live there. */
  readonly namespace: string;
  /** Namespaces to watch; empty = all. */
  readonly watchNamespaces: readonly string[];
  readonly podName: string;
  readonly controlPort: number;
  readonly adminPort: number;
  readonly controlHosts: readonly string[];
  /** Service account of the proxies, in `namespace`. */
  readonly proxyServiceAccount: string;
  readonly allowedPrivateHosts: readonly string[];
  /** Whether providers may use the cloud identity of the proxies' pods. */
  readonly workloadIdentityAllowed: boolean;
  readonly leaderElect: boolean;
  readonly simulatorUrl: string | undefined;
  /** How long a table that lost half of its policies is held back when nobody confirms it. */
  readonly shrinkHoldMs: number;
  readonly logLevel: string;
}

/** Throws a StartError that names every wrong variable. */
export function readOperatorSettings(environment: Readonly<Record<string, string | undefined>>): OperatorSettings {
  const wrong: string[] = [];
  const text = (name: string, fallback: string): string => {
    const value = environment[name]?.trim() ?? '';
    return value === '' ? fallback : value;
  };
  const list = (name: string): readonly string[] =>
    text(name, '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  const whole = (name: string, fallback: number, max: number): number => {
    const value = text(name, String(fallback));
    if (/^\d{1,9}$/.test(value) && Number(value) <= max) return Number(value);
    wrong.push(`${name} must be a whole number up to ${max}, not "${value}"`);
    return fallback;
  };
  const flag = (name: string, fallback: boolean): boolean => {
    const value = text(name, String(fallback));
    if (value !== 'true' && value !== 'false') wrong.push(`${name} must be true or false, not "${value}"`);
    return value === 'true';
  };
  const namespace = text('HEADGATE_NAMESPACE', 'headgate');
  const simulatorUrl = text('HEADGATE_SIMULATOR_URL', '');
  if (simulatorUrl !== '' && !URL.canParse(simulatorUrl)) wrong.push(`HEADGATE_SIMULATOR_URL must be a URL, not "${simulatorUrl}"`);
  const hosts = list('HEADGATE_CONTROL_HOSTS');
  const settings: OperatorSettings = {
    namespace,
    watchNamespaces: list('HEADGATE_WATCH_NAMESPACES'),
    podName: text('HEADGATE_POD_NAME', hostname()),
    controlPort: whole('HEADGATE_CONTROL_PORT', 9443, 65_535),
    adminPort: whole('HEADGATE_ADMIN_PORT', 9090, 65_535),
    controlHosts: hosts.length > 0 ? hosts : [`headgate-control.${namespace}.svc`, `headgate-control.${namespace}.svc.cluster.local`],
    proxyServiceAccount: text('HEADGATE_PROXY_SERVICE_ACCOUNT', 'headgate-proxy'),
    allowedPrivateHosts: list('HEADGATE_ALLOWED_PRIVATE_HOSTS'),
    workloadIdentityAllowed: flag('HEADGATE_ALLOW_WORKLOAD_IDENTITY', false),
    leaderElect: flag('HEADGATE_LEADER_ELECT', true),
    simulatorUrl: simulatorUrl === '' ? undefined : simulatorUrl,
    shrinkHoldMs: whole('HEADGATE_SHRINK_HOLD_SECONDS', 60, 86_400) * 1000,
    logLevel: text('HEADGATE_LOG_LEVEL', 'info'),
  };
  if (wrong.length > 0) throw new StartError(wrong.join('; '));
  return settings;
}
