import type { ConditionReason } from '@headgate/crds';
import { readConnectionLabel } from './connection-label.ts';
import type { ModelObservation, ProviderObservation } from './observations.ts';
import type { TrafficFigures } from './traffic-series.ts';

export interface Health {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: ConditionReason<'Healthy'>;
  /** Without figures, which would make every tick a new message and so a write. */
  readonly message: string;
}

/** The condition as it stands. */
export type PreviousHealth = Pick<Health, 'message'> & { readonly reason: string };

/** What the messages name. */
export interface HealthSubject {
  /** Host that is called, e.g. `api.openai.com`. */
  readonly host: string;
  /** `<ns>/<name>` of the Secret behind a credential. */
  readonly secretOf: (credential: string) => string | undefined;
  /** The proxies' own cloud identity is used instead of keys. */
  readonly usesIdentity?: boolean;
}

/** A provider is degraded below the first success rate and well again above the second, so that it does not flap between. */
const DEGRADED_BELOW = 0.95;
const WELL_FROM = 0.97;
/** Fewer requests say little about a rate. */
const MIN_REQUESTS = 5;

const FAILURE_TEXT: Readonly<Record<string, string>> = {
  'rate-limited': 'rate limits',
  'quota-exhausted': 'exhausted quota',
  auth: 'refused keys',
  overloaded: 'overload',
  'context-length': 'inputs that are too long',
  'content-filter': 'content filters',
  'not-found': 'unknown models',
  'bad-request': 'refused requests',
  server: 'server errors',
  network: 'failed connections',
  timeout: 'timeouts',
  malformed: 'broken answers',
};

/**
 * Judges a provider by what the proxies saw within the window. `previous` is what stands now; it decides close cases and
 * what is said while open circuits keep new evidence from coming in.
 */
export function judgeHealth(observation: ProviderObservation, subject: HealthSubject, previous: PreviousHealth | undefined): Health {
  return (
    judgeCredentials(observation, subject) ??
    judgeCircuits(observation, subject, previous) ??
    judgeTraffic(observation, subject, previous?.reason)
  );
}

/** No key is left to use. */
function judgeCredentials(
  { credentials, overall }: ProviderObservation,
  { host, secretOf, usesIdentity }: HealthSubject,
): Health | undefined {
  if (credentials.length === 0) {
    if (!onlyFailedBy(overall, 'auth')) return undefined;
    if (usesIdentity === true) {
      return unhealthy(
        'AuthFailed',
        `the proxies' workload identity is missing or may not call ${host}; docs/vendors.md says what it takes`,
      );
    }
    return unhealthy('AuthFailed', `${host} refuses requests without a key (401 or 403); add \`credentials\``);
  }
  const unusable = credentials.filter((credential) => credential.state !== 'Active');
  if (unusable.length < credentials.length) return undefined;
  const named = (state: string, text: (name: string, secret: string) => string): readonly string[] =>
    unusable.filter((credential) => credential.state === state).map(({ name }) => text(`key \`${name}\``, secretOf(name) ?? 'its Secret'));
  const rejected = named('Rejected', (key, secret) => `${key} was rejected by ${host} (401 or 403); replace Secret ${secret}`);
  const exhausted = named(
    'Exhausted',
    (key, secret) => `${key} (Secret ${secret}) has no quota left at ${host}; add credit or another key`,
  );
  const limited = named('RateLimited', (key) => `${key} is rate-limited by ${host}`);
  const reason = rejected.length > 0 ? 'AuthFailed' : exhausted.length > 0 ? 'QuotaExhausted' : 'RateLimited';
  const advice = reason === 'RateLimited' ? ['it is tried again by itself; add keys or targets if this lasts'] : [];
  return unhealthy(reason, [...rejected, ...exhausted, ...limited, ...advice].join('; '));
}

/** Nothing is sent any more, because everything failed. */
function judgeCircuits(
  { models, overall }: ProviderObservation,
  { host }: HealthSubject,
  previous: PreviousHealth | undefined,
): Health | undefined {
  const known = models.filter(({ endpoints }) => endpoints.closed + endpoints.open + endpoints.halfOpen > 0);
  const allOpen = known.length > 0 && known.every(isShut);
  // The causes are known from before: they still hold, and are worth more to a reader than words without them.
  const standing = allOpen && overall.failures === 0 ? previous : undefined;
  if (standing?.reason === 'Unreachable' || standing?.reason === 'CircuitOpen') return unhealthy(standing.reason, standing.message);
  const unreachable = mostlyFailedBy(overall, 'network');
  if ((allOpen && unreachable) || onlyFailedBy(overall, 'network')) {
    return unhealthy('Unreachable', `connections to ${host} fail${details(overall)}; check the address, DNS, network policies and \`tls\``);
  }
  if (!allOpen) return undefined;
  return unhealthy('CircuitOpen', `every endpoint of ${host} failed too often and is left alone for a while${causes(overall)}`);
}

function judgeTraffic(
  { models, overall, credentials }: ProviderObservation,
  { host, secretOf }: HealthSubject,
  previous: string | undefined,
): Health {
  const shut = models.filter(({ endpoints }) => endpoints.open > 0).map(({ model }) => `\`${model}\``);
  const lost = credentials
    .filter(({ state }) => state !== 'Active')
    .map(({ name, state }) => `key \`${name}\` (Secret ${secretOf(name) ?? '?'}) is ${state}`);
  const failing = isFailing(overall, previous === 'Degraded');
  const parts = [
    failing ? `some requests to ${host} fail${causes(overall)}` : '',
    shut.length > 0 ? `endpoints of ${shut.slice(0, 8).join(', ')} are left alone for a while` : '',
    ...lost,
  ].filter((part) => part !== '');
  if (parts.length > 0) return unhealthy('Degraded', parts.join('; '));
  if (overall.requests === 0)
    return { status: 'Unknown', reason: 'NoTraffic', message: `nothing was sent to ${host} within 60s, so nothing is known` };
  return { status: 'True', reason: 'Healthy', message: `requests to ${host} succeed` };
}

/** State of one model for `status.models`. */
export function modelState(model: ModelObservation, wasDegraded: boolean): 'Healthy' | 'Degraded' | 'CircuitOpen' | 'NoTraffic' {
  if (isShut(model)) return 'CircuitOpen';
  if (model.endpoints.open > 0 || isFailing(model.figures, wasDegraded)) return 'Degraded';
  return model.figures.requests === 0 ? 'NoTraffic' : 'Healthy';
}

function isShut({ endpoints }: ModelObservation): boolean {
  return endpoints.open > 0 && endpoints.closed + endpoints.halfOpen === 0;
}

function isFailing({ requests, failures }: TrafficFigures, wasDegraded: boolean): boolean {
  if (requests === 0 || (requests < MIN_REQUESTS && failures < requests)) return false;
  return (requests - failures) / requests < (wasDegraded ? WELL_FROM : DEGRADED_BELOW);
}

function onlyFailedBy(figures: TrafficFigures, reason: string): boolean {
  return figures.requests > 0 && figures.failures >= figures.requests && mostlyFailedBy(figures, reason);
}

function mostlyFailedBy({ failures, labels }: TrafficFigures, reason: string): boolean {
  return failures > 0 && (labels.get(reason) ?? 0) * 2 > failures;
}

/** ` (server errors, timeouts)`: kinds only, in a fixed order. */
function causes({ labels }: TrafficFigures): string {
  const reasons = [...labels.keys()].filter((label) => readConnectionLabel(label) === undefined);
  return listed(reasons.map((reason) => FAILURE_TEXT[reason] ?? reason));
}

/** ` (connection refused)`: what went wrong with connections; operators older than the proxies' words say nothing. */
function details({ labels }: TrafficFigures): string {
  return listed([...labels.keys()].flatMap((label) => readConnectionLabel(label) ?? []));
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? '' : ` (${[...words].sort().join(', ')})`;
}

function unhealthy(reason: ConditionReason<'Healthy'>, message: string): Health {
  return { status: 'False', reason, message };
}
