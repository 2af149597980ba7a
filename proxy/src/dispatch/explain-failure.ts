import { type CallerError, type CallerErrorCode, callerError } from '../wire/caller-error.ts';
import { callerErrorFromUpstream } from '../wire/caller-error-from-upstream.ts';
import type { Loss } from '../wire/chat-call.ts';
import type { FailureReason, UpstreamError } from '../wire/failure.ts';

/** One target that was asked and did not answer. */
export interface TargetFailure {
  /** `<ns>/<provider>/<model>`. */
  readonly targetId: string;
  readonly error: UpstreamError;
}

/** Reasons that are the same whichever target is asked: the provider's own answer is passed on. */
const CALLER_MISTAKES: ReadonlySet<FailureReason> = new Set(['bad-request', 'content-filter', 'context-length']);

/** An error in the caller's request, told with the provider's status and words. */
export function explainMistake(failure: TargetFailure): CallerError {
  return callerErrorFromUpstream(failure.error, false);
}

/** Why a target that could not carry these fields was not asked. */
export function explainLosses(losses: readonly Loss[]): UpstreamError {
  const fields = losses.map(({ field, reason }) => `${field} (${reason})`).join(', ');
  const message = `the target cannot carry ${fields}`;
  const worst = losses.find(({ fatal }) => fatal === true) ?? losses[0];
  return { reason: 'bad-request', code: 'lossy_translation', message, ...(worst !== undefined && { param: worst.field }) };
}

/**
 * What the caller is told when no target is left. Where every target answered with the same status, that is the answer:
 * the caller's SDK knows what to make of it. Otherwise: which were asked, and why each did not answer.
 */
export function explainFailures(failures: readonly TargetFailure[]): CallerError {
  const last = failures.at(-1);
  if (last === undefined) return callerError('no_usable_target', 'No target could be asked.', { shouldRetry: false });
  if (failures.every(({ error }) => CALLER_MISTAKES.has(error.reason))) return explainMistake(last);
  const retryAfterMs = shortestRetryAfterMs(failures);
  const details = { shouldRetry: false, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (failures.every(({ error }) => error.status !== undefined && error.status >= 400 && error.status === last.error.status)) {
    return { ...callerErrorFromUpstream(last.error), ...withoutKeysOf(last.error), ...details };
  }
  return callerError(chooseCode(failures), `Every target failed. ${failures.map(describe).join('; ')}.`, details);
}

/** What a provider shows of a key that it has masked itself: `sk-proj-********wxyz`. */
const MASKED_KEY = /^[A-Za-z0-9_-]{0,8}\*{3,}[A-Za-z0-9_-]{0,4}\.?$/;

/** Providers quote the key that they refuse; it is not the caller's. */
function withoutKeys(message: string): string {
  return message.replace(/\b(?:sk|pk|rk|gsk|xai|key|AIza|AKIA|ASIA|eyJ)[A-Za-z0-9_*.-]{6,}/g, (key) =>
    MASKED_KEY.test(key) ? key : '[key]',
  );
}

function withoutKeysOf({ message, raw }: UpstreamError): Pick<UpstreamError, 'message' | 'raw'> {
  return { message: withoutKeys(message), ...(raw === undefined ? {} : { raw: withoutKeys(raw) }) };
}

/** The in-band error after the first content. */
export function explainCut(failure: TargetFailure): CallerError {
  return callerError('stream_interrupted', `The answer broke off. ${describe(failure)}.`, { shouldRetry: false });
}

function chooseCode(failures: readonly TargetFailure[]): CallerErrorCode {
  const all = (...reasons: readonly FailureReason[]): boolean => failures.every(({ error }) => reasons.includes(error.reason));
  // Nobody was asked: nothing that the policy leads to offers this kind of call.
  if (failures.every(({ error }) => error.reason === 'not-found' && error.status === undefined)) return 'invalid_request';
  if (all('rate-limited', 'quota-exhausted')) return 'rate_limited';
  if (all('timeout')) return 'upstream_timeout';
  if (all('overloaded', 'rate-limited', 'quota-exhausted')) return 'no_usable_target';
  return 'all_targets_failed';
}

function shortestRetryAfterMs(failures: readonly TargetFailure[]): number | undefined {
  const told = failures.map(({ error }) => error.retryAfterMs).filter((ms) => ms !== undefined);
  return told.length === 0 ? undefined : Math.min(...told);
}

function describe({ targetId, error }: TargetFailure): string {
  const status = error.status === undefined ? '' : ` ${error.status}`;
  const said = error.raw === undefined ? error.message : `${error.message}: ${error.raw}`;
  return `${targetId}: ${error.reason}${status} (${withoutKeys(said)})`;
}
