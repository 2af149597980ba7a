import type { JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString, parseJson } from '../../wire/read-json.ts';
import { explainNetworkError } from '../network-failure.ts';
import { relayedRequestHeaders } from './relayed-headers.ts';
import { authorizedHeaders, type ResourcePlace } from './resource-place.ts';

/** One page of a provider's own list. */
export type ResourcePage =
  | { readonly type: 'page'; readonly entries: readonly JsonObject[]; readonly more: boolean }
  | { readonly type: 'failed'; readonly reason: string };

const PAGE_TIMEOUT_MS = 10_000;
/** A thousand files are a quarter of this. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** What providers answer that have chat only. */
const NOT_SERVED: ReadonlySet<number> = new Set([404, 405, 501]);
const EMPTY: ResourcePage = { type: 'page', entries: [], more: false };

/**
 * Asks a provider for entries behind `after`; never rejects.
 * @param path below the base path, with its query
 * @param after the provider's own id; vendors that know no paging answer everything every time, so what was seen is cut off
 */
export async function fetchResourcePage(
  place: ResourcePlace,
  path: string,
  after: string | undefined,
  gone: AbortSignal,
): Promise<ResourcePage> {
  const { connection, resource } = place;
  const whole = resource.basePath + path;
  const authorized = await authorizedHeaders(connection, place.headers, whole);
  if (authorized.type === 'failure') return { type: 'failed', reason: authorized.error.reason };
  try {
    const answer = await connection.dispatcher.request({
      path: whole,
      method: 'GET',
      headers: relayedRequestHeaders({ accept: 'application/json' }, authorized.headers),
      signal: AbortSignal.any([gone, AbortSignal.timeout(PAGE_TIMEOUT_MS)]),
    });
    const text = await readText(answer.body);
    if (NOT_SERVED.has(answer.statusCode)) return EMPTY;
    if (answer.statusCode === 401) connection.authorizer?.discard();
    if (answer.statusCode !== 200) return { type: 'failed', reason: `answered ${answer.statusCode}` };
    return readPage(asObject(parseJson(text)), after);
  } catch (thrown) {
    return { type: 'failed', reason: explainNetworkError(thrown instanceof Error ? thrown : new Error(String(thrown))).message };
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > MAX_PAGE_BYTES) throw new Error('the list is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function readPage(list: JsonObject | undefined, after: string | undefined): ResourcePage {
  const data = asArray(list?.['data']);
  if (list === undefined || data === undefined) return { type: 'failed', reason: 'answered something else than a list' };
  const entries = data.map(asObject).filter((entry): entry is JsonObject => asString(entry?.['id']) !== undefined);
  const seen = after === undefined ? -1 : entries.findIndex((entry) => entry['id'] === after);
  return { type: 'page', entries: entries.slice(seen + 1), more: list['has_more'] === true };
}
