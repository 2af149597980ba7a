import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../snapshot/snapshot.ts';

/** Where a file or batch is kept: ids mean something only to the account that made them. */
export interface Place {
  /** `<ns>/<name>`. */
  readonly provider: string;
  /** Name of the key; `-` for none. */
  readonly credential: string;
  /** Set for results of a batch that has told no usage itself: when it ended (Unix seconds). Their lines are then metered. */
  readonly endedAtSeconds?: number;
}

export interface TaggedId {
  readonly place: Place;
  /** The provider's own id. */
  readonly id: string;
}

/** Whose ids they are and the secret that all proxies share (hex). */
export interface Ownership {
  /** Identity of the consumer; a consumer of the same name that was created anew is another one. */
  readonly owner: string;
  readonly saltHex: string;
}

/** What makes ids the caller's own; undefined for callers without a key, who own nothing. */
export function ownershipOf(caller: Caller, saltHex: string): Ownership | undefined {
  if (caller.type === 'anonymous') return undefined;
  const { id, resource } = caller.consumer;
  return { owner: `${id} ${resource.uid}`, saltHex };
}

const PREFIX = 'hg_';
const TAG_BYTES = 16;
const MARK_BYTES = 12;

/**
 * The id that a caller gets for a provider's id: `hg_<place>.<tag>.<id>`, where the tag (HMAC-SHA256, 128 bits) binds
 * place, id and owner together. Nothing has to be remembered, and nobody else's id can be made up or used.
 */
export function wrapId({ place, id }: TaggedId, ownership: Ownership): string {
  const { provider, credential, endedAtSeconds } = place;
  const members = endedAtSeconds === undefined ? [provider, credential] : [provider, credential, endedAtSeconds];
  const where = Buffer.from(JSON.stringify(members)).toString('base64url');
  return `${PREFIX}${where}.${tagOf(where, id, ownership).toString('base64url')}.${id}`;
}

/** What is behind an id of `wrapId`, or undefined when it is none of this owner's. */
export function unwrapId(wrapped: string, ownership: Ownership): TaggedId | undefined {
  if (!wrapped.startsWith(PREFIX)) return undefined;
  const [where = '', tag = '', ...rest] = wrapped.slice(PREFIX.length).split('.');
  const id = rest.join('.');
  // Compared as it is written: base64 has many spellings of the same bytes, and an id has one.
  const given = Buffer.from(tag);
  const right = Buffer.from(tagOf(where, id, ownership).toString('base64url'));
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const [provider, credential, ended] = JSON.parse(Buffer.from(where, 'base64url').toString('utf8')) as readonly [string, string, number?];
  return { place: { provider, credential, ...(ended === undefined ? {} : { endedAtSeconds: ended }) }, id };
}

/** Tells what is the owner's where a provider keeps it: 96 bits of an HMAC that says nothing about the owner to anybody else. */
export function ownerMark({ owner, saltHex }: Ownership): string {
  const hmac = createHmac('sha256', Buffer.from(saltHex, 'hex')).update(JSON.stringify(['resource-owner', owner]));
  return hmac.digest().subarray(0, MARK_BYTES).toString('base64url');
}

function tagOf(where: string, id: string, { owner, saltHex }: Ownership): Buffer {
  const hmac = createHmac('sha256', Buffer.from(saltHex, 'hex'));
  return hmac
    .update(JSON.stringify(['resource-id', where, id, owner]))
    .digest()
    .subarray(0, TAG_BYTES);
}
