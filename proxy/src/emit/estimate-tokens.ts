import type { ReceivedCall } from '../accept/parse-call.ts';
import type { Conclusion } from './conclusion.ts';

/** Statuses that are about the caller's request, whoever counts. */
const CALLERS_OWN: ReadonlySet<number> = new Set([400, 413, 422]);

/**
 * Where no provider has counted the tokens of a call (it speaks another dialect, does not offer it, or failed), the
 * estimate that routing uses answers instead, marked as one.
 */
export function estimateTokens(call: ReceivedCall, conclusion: Conclusion): Conclusion {
  if (call.operation !== 'count-tokens' || conclusion.type !== 'dispatched') return conclusion;
  const { outcome } = conclusion;
  if (outcome.type !== 'failed' || (outcome.attempts.length > 0 && CALLERS_OWN.has(outcome.error.status))) return conclusion;
  const count = call.facts.inputTokens;
  const document = call.dialect.id === 'gemini' ? { totalTokens: count } : { input_tokens: count };
  return { type: 'document', document, estimated: true };
}
