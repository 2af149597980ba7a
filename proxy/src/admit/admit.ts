import { matchesModel } from '../snapshot/matches-model.ts';
import { resolvePolicy } from '../snapshot/resolve-policy.ts';
import type { Caller, Policy, Snapshot } from '../snapshot/snapshot.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';

export type Admission = { readonly type: 'admitted'; readonly policy: Policy } | { readonly type: 'refused'; readonly error: CallerError };

/**
 * May `caller` use `model`, and by which policy? The gates in order: the policy's access and name resolution (see
 * resolvePolicy), then the consumer's own list of models. Callers without a key are told to bring one rather than whether
 * the name exists.
 */
export function admit(snapshot: Snapshot, caller: Caller, model: string): Admission {
  const resolution = resolvePolicy(snapshot, caller, model);
  if (resolution.type !== 'found') return { type: 'refused', error: refusal(resolution.type, caller, model, snapshot) };
  const allowed = caller.type === 'consumer' ? caller.consumer.models : undefined;
  if (allowed !== undefined && !allowed.some((match) => matchesModel(match, model))) {
    return { type: 'refused', error: notAllowed(model) };
  }
  return { type: 'admitted', policy: resolution.policy };
}

function refusal(type: 'not-allowed' | 'not-found', caller: Caller, model: string, snapshot: Snapshot): CallerError {
  // Where nobody can have a key, asking for one would send the caller the wrong way.
  if (caller.type === 'anonymous' && snapshot.consumers.size > 0) {
    if (caller.keyRefusal !== undefined) return caller.keyRefusal;
    return callerError('missing_api_key', 'This model needs an API key. Send it as `Authorization: Bearer <key>` or `x-api-key: <key>`.');
  }
  if (type === 'not-allowed') return notAllowed(model);
  const forWhom = caller.type === 'anonymous' ? ' for callers without an API key' : '';
  return callerError(
    'model_not_found',
    `No route policy answers to the model '${excerpt(model)}'${forWhom}. GET /v1/models lists what you may use.`,
    { param: 'model' },
  );
}

function notAllowed(model: string): CallerError {
  return callerError('model_not_allowed', `Your key may not use the model '${excerpt(model)}'. GET /v1/models lists what it may use.`, {
    param: 'model',
  });
}

/** Model names come from callers: bounded, and without control characters. */
function excerpt(text: string): string {
  const printable = text.replace(/\p{C}/gu, '?');
  return printable.length > 100 ? `${printable.slice(0, 100)}...` : printable;
}
