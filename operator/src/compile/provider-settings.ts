import { type CircuitBreakerSettings, type HeaderPair, type PhaseTimeouts, parseDurationMs } from '@headgate/crds';
import { type Fields, fieldsOf, integerOf, listOf, textOf } from './fields.ts';
import { type Findings, quoted } from './findings.ts';

/** Defaults of the CRD, repeated here because a file on disk has not been through the API server. */
export const DEFAULT_TIMEOUTS: PhaseTimeouts = { connectMs: 2000, firstTokenMs: 30_000, idleMs: 60_000, totalMs: 600_000 };

export const DEFAULT_CIRCUIT_BREAKER: CircuitBreakerSettings = {
  consecutiveFailures: 5,
  failurePercent: 50,
  minRequests: 20,
  windowMs: 30_000,
  openMs: 30_000,
  maxOpenMs: 300_000,
};

const DAY_MS = 86_400_000;
const MAX_HEADERS = 16;
/** What carries the key, the body or the connection is Headgate's to set. */
const RESERVED_HEADERS: ReadonlySet<string> = new Set(
  (
    'authorization proxy-authorization x-api-key api-key x-goog-api-key cookie host content-length content-type content-encoding accept ' +
    'accept-encoding connection keep-alive proxy-connection transfer-encoding te trailer upgrade expect metadata-flavor x-aws-ec2-metadata-token'
  ).split(' '),
);

export function readTimeouts(spec: unknown, findings: Findings): PhaseTimeouts {
  const fields = fieldsOf(spec);
  const duration = durationReader(fields, 'timeouts', 1, findings);
  return {
    connectMs: duration('connect', DEFAULT_TIMEOUTS.connectMs),
    firstTokenMs: duration('firstToken', DEFAULT_TIMEOUTS.firstTokenMs),
    idleMs: duration('idle', DEFAULT_TIMEOUTS.idleMs),
    totalMs: duration('total', DEFAULT_TIMEOUTS.totalMs),
  };
}

export function readCircuitBreaker(spec: unknown, findings: Findings): CircuitBreakerSettings {
  const fields = fieldsOf(spec);
  const duration = durationReader(fields, 'circuitBreaker', 100, findings);
  const integer = (name: string, max: number, fallback: number): number => {
    if (fields[name] === undefined || fields[name] === null) return fallback;
    const value = integerOf(fields[name], 1, max);
    if (value === undefined) findings.partial(`\`circuitBreaker.${name}\` must be a whole number of 1 to ${max}; ${fallback} is used`);
    return value ?? fallback;
  };
  const openMs = duration('openFor', DEFAULT_CIRCUIT_BREAKER.openMs);
  return {
    consecutiveFailures: integer('consecutiveFailures', 1000, DEFAULT_CIRCUIT_BREAKER.consecutiveFailures),
    failurePercent: integer('failurePercent', 100, DEFAULT_CIRCUIT_BREAKER.failurePercent),
    minRequests: integer('minRequests', 100_000, DEFAULT_CIRCUIT_BREAKER.minRequests),
    windowMs: duration('window', DEFAULT_CIRCUIT_BREAKER.windowMs),
    openMs,
    maxOpenMs: Math.max(openMs, duration('maxOpenFor', DEFAULT_CIRCUIT_BREAKER.maxOpenMs)),
  };
}

/** Extra headers, names in lower case, the first of each name. */
export function readHeaders(listed: unknown, findings: Findings): readonly HeaderPair[] {
  const headers = new Map<string, HeaderPair>();
  for (const entry of listOf(listed, MAX_HEADERS)) {
    const { name: givenName, value } = fieldsOf(entry);
    const name = textOf(givenName, 128)?.toLowerCase();
    if (name === undefined || !/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || RESERVED_HEADERS.has(name) || headers.has(name)) {
      findings.partial(
        `\`headers\`: ${quoted(givenName)} must be a header name of its own that Headgate does not set itself; it is left out`,
      );
    } else if (typeof value !== 'string' || value.length > 1024 || !/^[\x20-\x7e]*$/.test(value)) {
      findings.partial(`\`headers\`: the value of ${quoted(name)} must be printable ASCII; it is left out`);
    } else {
      headers.set(name, { name, value });
    }
  }
  return [...headers.values()];
}

function durationReader(fields: Fields, holder: string, minMs: number, findings: Findings): (name: string, fallbackMs: number) => number {
  return (name, fallbackMs) => {
    if (fields[name] === undefined || fields[name] === null) return fallbackMs;
    const ms = parseDurationMs(fields[name]);
    if (ms !== undefined && ms >= minMs && ms <= DAY_MS) return ms;
    findings.partial(`\`${holder}.${name}\` must be a duration of ${minMs}ms to 24h, such as 30s; ${fallbackMs}ms is used`);
    return fallbackMs;
  };
}
