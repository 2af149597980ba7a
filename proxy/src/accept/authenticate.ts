import { findConsumer } from '../snapshot/find-consumer.ts';
import type { Caller, Snapshot } from '../snapshot/snapshot.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';

export type Authentication = { readonly type: 'ok'; readonly caller: Caller } | { readonly type: 'refused'; readonly error: CallerError };

const ANONYMOUS: Authentication = { type: 'ok', caller: { type: 'anonymous' } };

/**
 * Who calls. A key that a stale table does not know may be new: that is Headgate's fault, so it is 503, never 401. SDKs send
 * a key whether they have one or not, so where some policy admits anyone an unknown key is an anonymous caller, and the
 * refusal waits until a policy wants more.
 * @param tableIsFresh the control stream is up, or was until a moment ago
 */
export function authenticate(snapshot: Snapshot, apiKey: string | undefined, tableIsFresh: boolean): Authentication {
  if (apiKey === undefined) {
    if (snapshot.anonymousPossible) return ANONYMOUS;
    return refuse(callerError('missing_api_key', 'No API key was sent. Send it as `Authorization: Bearer <key>` or `x-api-key: <key>`.'));
  }
  const consumer = findConsumer(snapshot, apiKey);
  if (consumer !== undefined) return { type: 'ok', caller: { type: 'consumer', consumer } };
  const keyRefusal = unknownKey(tableIsFresh);
  return snapshot.anonymousPossible ? { type: 'ok', caller: { type: 'anonymous', keyRefusal } } : refuse(keyRefusal);
}

function unknownKey(tableIsFresh: boolean): CallerError {
  if (tableIsFresh) return callerError('invalid_api_key', 'The API key is not known.');
  return callerError(
    'table_not_ready',
    'The API key is not known yet: this proxy may not have the latest configuration. Try again shortly.',
    {
      retryAfterMs: 2000,
    },
  );
}

function refuse(error: CallerError): Authentication {
  return { type: 'refused', error };
}
