import type { FailureReason } from '../../wire/failure.ts';
import type { ErrorBody } from './read-error-body.ts';

/** Money, not pace: waiting does not help. Codes and types as recorded or documented (reference: section 0.4). */
const BILLING_WORDS = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
  'billing_hard_limit_reached',
  'billing_not_active',
  'billing_error',
  'enforced_spend_limit_reached',
  'exceeded_current_quota_error',
  'insufficient_balance',
  'insufficient_credits',
  'Arrearage',
]);
const BILLING_TEXT =
  /insufficient (?:account )?(?:balance|funds|credits?)|credit balance is too low|out of credits|requires more credits|spend(?:ing)? limit|payment required|account.{0,30}(?:arrears|overdue)|recharge/i;

/** One alternative per vendor; each was recorded (reference: 1D.5). */
const CONTEXT_TEXT = new RegExp(
  [
    'maximum context length',
    'context[ _-]?length[ _-]?exceeded',
    'context window',
    'prompt is too long',
    'prompt too long',
    'prompt_too_long',
    'too_many_prompt_tokens',
    'input token count.{0,40}exceeds',
    'input is too long',
    'input length.{0,60}exceed',
    'exceed_context_size',
    'exceeds the available context size',
    'TOO_MANY_TOKENS',
    'too many tokens',
    "exceeds? (?:the )?(?:model'?s? )?(?:maximum|max) (?:context|input|prompt)",
    'reduce the length of the (?:messages|prompt|input)',
    'max_tokens.{0,40}exceeds? context limit',
    'maximum prompt length',
    'model_context_window_exceeded',
    'string_above_max_length',
    'tokens? limit exceeded.{0,40}context',
    'request too large for model',
  ].join('|'),
  'i',
);

const FILTER_WORDS = new Set([
  'content_filter',
  'content_policy_violation',
  'moderation_blocked',
  'ResponsibleAIPolicyViolation',
  'data_inspection_failed',
  'invalid_prompt',
]);
const FILTER_TEXT =
  /content (?:management )?polic|content[ _]filter|flagged by|safety system|usage polic|deny-?list|blocked by (?:the )?(?:guardrail|safety)|requires moderation/i;

const KEY_WORDS = new Set([
  'invalid_api_key',
  'API_KEY_INVALID',
  'authentication_error',
  'account_deactivated',
  'key_revoked',
  'UNAUTHENTICATED',
  'invalid_authentication_error',
]);
const KEY_TEXT = /(?:incorrect|invalid|missing|expired|revoked) api[ _-]?key|api key (?:not valid|expired|invalid)|invalid x-api-key/i;

const OVERLOAD_WORDS = new Set([
  'overloaded_error',
  'engine_overloaded_error',
  'server_is_overloaded',
  'capacity_exceeded',
  'UNAVAILABLE',
  'ModelNotReadyException',
]);
const MODEL_WORDS = new Set(['model_not_found', 'DeploymentNotFound', 'model_not_available', 'model_decommissioned', 'not_found_error']);
const MODEL_TEXT = /model.{0,120}(?:does not exist|not found|not exist|decommissioned|is not available|not supported (?:by|for) this)/i;
const MODEL_ACCESS_TEXT =
  /(?:does not have access to|not have access to|no access to|not authorized to (?:access|use|invoke)).{0,40}model|access to the model/i;

/** The reason behind a non-2xx answer: what the body says first, then what the status says. */
export function classifyError(status: number, body: ErrorBody): FailureReason {
  const text = textOf(body);
  const words = [body.code, body.type].filter((word) => word !== undefined);
  const among = (set: ReadonlySet<string>): boolean => words.some((word) => set.has(word));
  if (status === 402 || among(BILLING_WORDS) || BILLING_TEXT.test(text) || spentForToday(body)) return 'quota-exhausted';
  if (isContextOverflow(status, body)) return 'context-length';
  if (status < 500 && (among(FILTER_WORDS) || FILTER_TEXT.test(text))) return 'content-filter';
  if (status === 401 || (status < 500 && (among(KEY_WORDS) || KEY_TEXT.test(text) || (body.quotaIds ?? '').includes('API_KEY_INVALID'))))
    return 'auth';
  if (among(OVERLOAD_WORDS)) return 'overloaded';
  if (status === 403) return MODEL_ACCESS_TEXT.test(text) ? 'not-found' : 'auth';
  if (status < 500 && status !== 429 && (among(MODEL_WORDS) || MODEL_TEXT.test(text))) return 'not-found';
  return byStatus(status);
}

/** An over-long request is also answered with 429 (Gemini, Azure Foundry) and 500 (Ollama's runner). */
function isContextOverflow(status: number, body: ErrorBody): boolean {
  if (status === 401 || status === 403 || status === 404) return false;
  return [textOf(body), body.code ?? '', body.type ?? ''].some((text) => CONTEXT_TEXT.test(text));
}

function textOf({ message, raw }: ErrorBody): string {
  return raw === undefined ? message : `${message}: ${raw}`;
}

/** Google answers 429 for both; only the quota's id tells a used-up day from a busy minute. Z.ai's 1113 is the balance. */
function spentForToday(body: ErrorBody): boolean {
  return /PerDay/.test(body.quotaIds ?? '') || body.code === '1113';
}

function byStatus(status: number): FailureReason {
  switch (status) {
    case 404:
    case 501:
      return 'not-found';
    case 408:
    case 504:
    case 524:
      return 'timeout';
    case 429:
      return 'rate-limited';
    // Groq's flex tier is full; Anthropic is.
    case 498:
    case 503:
    case 529:
      return 'overloaded';
    // A conflict, a generation that failed, a provider that gave up: the next one may not.
    case 409:
    case 424:
    case 425:
    case 499:
      return 'server';
    default:
      if (status >= 500) return 'server';
      return status >= 400 ? 'bad-request' : 'malformed';
  }
}
