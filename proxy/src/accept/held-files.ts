import type { Caller, Snapshot } from '../snapshot/snapshot.ts';
import { type Ownership, ownershipOf, type Place, unwrapId } from '../support/tagged-id.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';
import type { Json, JsonObject } from '../wire/json.ts';
import type { ReceivedCall } from './parse-call.ts';

export type HeldFiles =
  /** The call refers to no file of Headgate's. */
  | { readonly type: 'none' }
  /** Its bytes with the provider's own ids, and the one place that has the files. */
  | { readonly type: 'held'; readonly bytes: Buffer; readonly place: Place }
  | { readonly type: 'refused'; readonly error: CallerError };

const NONE: HeldFiles = { type: 'none' };
/** How a wrapped id begins in JSON. Most bodies hold none: one search over the bytes, 0.06 us per KB, tells. */
const MARK = Buffer.from('"hg_');

/**
 * Files that a call refers to by the ids which Headgate gave out: `file_id` and `file_ids` anywhere in it, as callers of OpenAI
 * and Anthropic write them.
 */
export function findHeldFiles({ bytes, body }: Pick<ReceivedCall, 'bytes' | 'body'>, snapshot: Snapshot, caller: Caller): HeldFiles {
  if (!bytes.includes(MARK)) return NONE;
  const ids = new Set<string>();
  collectIds(body, ids);
  if (ids.size === 0) return NONE;
  const ownership = ownershipOf(caller, snapshot.keySalt);
  return ownership === undefined ? refuse('Files belong to whoever made them: send your API key.') : unwrapAll(bytes, ids, ownership);
}

function unwrapAll(bytes: Buffer, ids: ReadonlySet<string>, ownership: Ownership): HeldFiles {
  let text = bytes.toString('utf8');
  let place: Place | undefined;
  for (const wrapped of ids) {
    const tagged = unwrapId(wrapped, ownership);
    if (tagged === undefined) return refuse(`You have no file '${wrapped.slice(0, 200)}'.`);
    place ??= tagged.place;
    if (tagged.place.provider !== place.provider || tagged.place.credential !== place.credential) {
      return refuse(`The files of one call must be in one place: '${place.provider}' and '${tagged.place.provider}' keep one each.`);
    }
    // In the text, so that numbers too long for JavaScript stay what they are.
    text = text.replaceAll(JSON.stringify(wrapped), () => JSON.stringify(tagged.id));
  }
  return place === undefined ? NONE : { type: 'held', bytes: Buffer.from(text), place };
}

/** The body is nested no deeper than any body may be. */
function collectIds(value: Json | undefined, into: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) collectIds(item, into);
    return;
  }
  for (const [key, member] of Object.entries(value as JsonObject)) {
    if (key === 'file_id') addId(member, into);
    else if (key === 'file_ids' && Array.isArray(member)) for (const id of member) addId(id, into);
    else collectIds(member, into);
  }
}

function addId(id: Json | undefined, into: Set<string>): void {
  if (typeof id === 'string' && id.startsWith('hg_')) into.add(id);
}

function refuse(message: string): HeldFiles {
  return { type: 'refused', error: callerError('invalid_request', message, { param: 'file_id', shouldRetry: false }) };
}
