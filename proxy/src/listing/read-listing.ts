import type { ListedModel, ProviderListing } from '@headgate/crds';
import { parseJson } from '../wire/read-json.ts';
import { MAX_MODELS, readListingPage } from './listing-page.ts';

export type ListingOutcome =
  /** Sorted by name. */
  { readonly type: 'listed'; readonly models: readonly ListedModel[] } | { readonly type: 'failed'; readonly reason: string };

export type PageAnswer = { readonly type: 'text'; readonly text: string } | { readonly type: 'failed'; readonly reason: string };

/** Asks for one page. Never rejects. @param maxBytes a longer answer is a failure */
export type GetPage = (path: string, maxBytes: number) => Promise<PageAnswer>;

const MAX_BYTES = 8 * 1024 * 1024;
/**
 * Members and elements of a whole list. Bytes alone are no bound of the time that reading takes: 8 MB of tiny values kept all
 * calls waiting for 2 s. OpenRouter's list, the largest that is known, has 30,000.
 */
const MAX_VALUES = 100_000;
const MAX_PAGES = 50;

/** Reads the whole list, page by page. Half a list is none: it would say that the other half does not exist. */
export async function readListing(listing: Pick<ProviderListing, 'path' | 'prices'>, getPage: GetPage): Promise<ListingOutcome> {
  const models = new Map<string, ListedModel>();
  let path = listing.path;
  let bytesLeft = MAX_BYTES;
  let valuesLeft = MAX_VALUES;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const answer = await getPage(path, bytesLeft);
    if (answer.type === 'failed') return answer;
    bytesLeft -= Buffer.byteLength(answer.text);
    valuesLeft -= countCommas(answer.text, valuesLeft);
    if (valuesLeft <= 0) return failed('the list has more members than can be read');
    const page = readListingPage(parseJson(answer.text), listing.prices);
    if (page === undefined) return failed('the answer is not a list of models');
    const known = models.size;
    for (const model of page.models) models.set(model.name, model);
    if (page.tooLong === true || models.size > MAX_MODELS) return failed(`the list has more than ${MAX_MODELS} models`);
    // A server that does not know of pages gives the same one again.
    if (page.next === undefined || models.size === known) return { type: 'listed', models: sorted(models.values()) };
    path = `${listing.path}${listing.path.includes('?') ? '&' : '?'}${page.next}`;
  }
  return failed(`the list has more than ${MAX_PAGES} pages`);
}

/** One for each value but the first of its kin, and those in texts: near enough, and a hundredth of the time of reading. */
function countCommas(text: string, most: number): number {
  let count = 0;
  for (let at = text.indexOf(','); at >= 0 && count < most; at = text.indexOf(',', at + 1)) count += 1;
  return count;
}

function sorted(models: Iterable<ListedModel>): readonly ListedModel[] {
  return [...models].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function failed(reason: string): ListingOutcome {
  return { type: 'failed', reason };
}
