import type { Caller, Snapshot } from '../snapshot/snapshot.ts';
import { type Ownership, ownershipOf, type Place, unwrapId } from '../support/tagged-id.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';
import type { Json, JsonObject } from '../wire/json.ts';
import { stringEnd } from '../wire/json-scan.ts';
import { asString, parseJson } from '../wire/read-json.ts';
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
/** Longer than any id, however its characters are spelt. */
const MAX_WRITTEN_BYTES = 8192;

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
  const plain = new Map<string, string>();
  let place: Place | undefined;
  for (const wrapped of ids) {
    const tagged = unwrapId(wrapped, ownership);
    if (tagged === undefined) return refuse(`You have no file '${wrapped.slice(0, 200)}'.`);
    place ??= tagged.place;
    if (tagged.place.provider !== place.provider || tagged.place.credential !== place.credential) {
      return refuse(`The files of one call must be in one place: '${place.provider}' and '${tagged.place.provider}' keep one each.`);
    }
    plain.set(wrapped, tagged.id);
  }
  return place === undefined ? NONE : { type: 'held', bytes: withPlainIds(bytes, plain), place };
}

/**
 * In the bytes, so that numbers too long for JavaScript stay what they are, and in one pass, however many ids there are.
 * A quote inside a text that is taken for its beginning leads to the same end.
 */
function withPlainIds(bytes: Buffer, plain: ReadonlyMap<string, string>): Buffer {
  const pieces: Buffer[] = [];
  let copied = 0;
  let end = 0;
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, end)) {
    end = stringEnd(bytes, at);
    const id = end - at > MAX_WRITTEN_BYTES ? undefined : plain.get(asString(parseJson(bytes.toString('utf8', at, end))) ?? '');
    if (id === undefined) continue;
    pieces.push(bytes.subarray(copied, at), Buffer.from(JSON.stringify(id)));
    copied = end;
  }
  return Buffer.concat([...pieces, bytes.subarray(copied)]);
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
