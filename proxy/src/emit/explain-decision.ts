import type { RemovalReason, Unroutable } from '../decide/decision.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';

const WORDS: Readonly<Record<RemovalReason, string>> = {
  'no-ready-address': 'no ready address',
  capability: 'the model cannot do what the request asks for',
  'context-window': 'the input is longer than the context window',
  'files-elsewhere': 'the files of this request are kept elsewhere',
  'circuit-open': 'circuit breaker open after failures',
  'credential-rejected': 'the provider refused the key',
  'credential-exhausted': "the key's quota is used up",
  'credential-rate-limited': 'the key is rate-limited',
  'concurrency-limit': 'concurrency limit reached',
};
/** Reasons that lie in the request itself: another try of the same call cannot help. */
const ABOUT_THE_CALL: ReadonlySet<RemovalReason> = new Set(['capability', 'context-window', 'files-elsewhere']);
const MAX_NAMED = 8;

/** What the caller is told when no target may be asked: each candidate and why it was left out. */
export function explainUnroutable(decision: Unroutable): CallerError {
  const { policy, removed, retryAfterMs, filesAt } = decision;
  if (decision.reason === 'no-rule') {
    return callerError('no_usable_target', `No rule of the route policy ${policy.id} matches this request.`, { shouldRetry: false });
  }
  const named = removed.slice(0, MAX_NAMED).map(({ endpointId, reason }) => `${withoutAddress(endpointId)}: ${WORDS[reason]}`);
  const more = removed.length > MAX_NAMED ? `; and ${removed.length - MAX_NAMED} more` : '';
  const why = named.length === 0 ? 'it has no targets' : named.join('; ') + more;
  const message = `No target of the route policy ${policy.id} can take this request: ${why}.${filesAt === undefined ? '' : ` '${filesAt}' keeps its files.`}`;
  if (removed.length > 0 && removed.every(({ reason }) => ABOUT_THE_CALL.has(reason))) {
    return callerError('invalid_request', message, { shouldRetry: false });
  }
  const details = retryAfterMs === undefined ? { shouldRetry: false } : { retryAfterMs, shouldRetry: false };
  const waiting = removed.filter(({ reason }) => !ABOUT_THE_CALL.has(reason));
  const limited =
    waiting.length > 0 && waiting.every(({ reason }) => reason === 'credential-rate-limited' || reason === 'credential-exhausted');
  return callerError(limited ? 'rate_limited' : 'no_usable_target', message, details);
}

/** Callers learn provider, model and key name, not addresses inside the cluster. */
function withoutAddress(endpointId: string): string {
  const hash = endpointId.lastIndexOf('#');
  return hash < 0 ? endpointId : endpointId.slice(0, hash);
}
