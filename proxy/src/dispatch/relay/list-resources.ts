import type { ResourceRoute } from '../../accept/route.ts';
import { type Ownership, ownerMark } from '../../support/tagged-id.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { asCallersOwn } from './callers-own.ts';
import type { ListQuery } from './list-query.ts';
import { isMarked } from './owner-marks.ts';
import { fetchResourcePage } from './resource-page.ts';
import type { ResourcePlace } from './resource-place.ts';

export interface ListJob {
  readonly type: ResourceRoute['type'];
  readonly query: ListQuery;
  /** In the order in which they are listed; `query.after` belongs to the first. */
  readonly places: readonly ResourcePlace[];
  readonly ownership: Ownership;
  /** Aborted when the caller leaves. */
  readonly gone: AbortSignal;
}

/** Entries of the caller's, as it knows them. */
export interface ResourceList {
  readonly data: readonly JsonObject[];
  /** There may be more behind the last one. */
  readonly more: boolean;
  /** Places that could not be asked. */
  readonly unreached: readonly { readonly provider: string; readonly reason: string }[];
}

/** Entries that are asked for at once: what OpenAI allows, or what fits into a page. */
const PAGE_ENTRIES = { files: 1000, batches: 100 } as const;
/** An account is shared: so many of its pages are looked through for one answer, at one place after the other. */
const MAX_PAGES = 20;

/**
 * The caller's files or batches, place after place, each in the provider's own order. One request at a time; it ends as soon
 * as there are enough.
 */
export async function listResources(job: ListJob): Promise<ResourceList> {
  const { places, query } = job;
  const data: JsonObject[] = [];
  const unreached: { provider: string; reason: string }[] = [];
  let pagesLeft = MAX_PAGES;
  let more = false;
  for (const [index, place] of places.entries()) {
    if (data.length >= query.limit || pagesLeft === 0) return { data, more: true, unreached };
    const found = await listAt(place, job, { after: index === 0 ? query.after : undefined, limit: query.limit - data.length, pagesLeft });
    pagesLeft -= found.pages;
    data.push(...found.entries);
    if (found.failure !== undefined) unreached.push({ provider: place.provider, reason: found.failure });
    more = found.more;
  }
  return { data, more, unreached };
}

interface Found {
  readonly entries: readonly JsonObject[];
  readonly more: boolean;
  readonly pages: number;
  readonly failure?: string;
}

interface Range {
  readonly after: string | undefined;
  readonly limit: number;
  readonly pagesLeft: number;
}

async function listAt(place: ResourcePlace, { type, query, ownership, gone }: ListJob, { after, limit, pagesLeft }: Range): Promise<Found> {
  const mark = ownerMark(ownership);
  const own: JsonObject[] = [];
  let cursor = after;
  let pages = 0;
  for (;;) {
    if (pages === pagesLeft || gone.aborted) return { entries: own, more: true, pages };
    const parameters = new URLSearchParams({ ...query.passed, limit: String(PAGE_ENTRIES[type]) });
    if (cursor !== undefined) parameters.set('after', cursor);
    const page = await fetchResourcePage(place, `/${type}?${parameters}`, cursor, gone);
    pages += 1;
    if (page.type === 'failed') return { entries: own, more: false, pages, failure: page.reason };
    for (const entry of page.entries) {
      if (!isMarked(entry, mark)) continue;
      if (own.length === limit) return { entries: own, more: true, pages };
      own.push(asCallersOwn(entry, place, ownership));
    }
    cursor = asString(page.entries.at(-1)?.['id']);
    if (!page.more || cursor === undefined) return { entries: own, more: false, pages };
  }
}

/** The list as OpenAI's clients read it; `unreached` is Headgate's own. */
export function listDocument({ data, more, unreached }: ResourceList): JsonObject {
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: more,
    ...(unreached.length > 0 && { unreached: unreached.map((each): Json => ({ ...each })) }),
  };
}
