import type { Provider } from '../snapshot/snapshot.ts';
import { getPage, type PageDeps } from './get-page.ts';
import { type ListingOutcome, readListing } from './read-listing.ts';

/** Pods and keys that are tried, one after the other; they have the same models, as calls assume as well. */
const MAX_CONNECTIONS = 4;
/** For all pages, pods and keys together: four providers that answer slowly would keep all others waiting for hours. */
const TOTAL_MS = 60_000;

export type AskDeps = Pick<PageDeps, 'stop' | 'explain'> & { readonly totalMs?: number };

/** Asks a provider which models it has. Never rejects. */
export async function askForModels({ resource, connections }: Provider, { totalMs, ...rest }: AskDeps): Promise<ListingOutcome> {
  const { listing } = resource;
  const deadline = AbortSignal.timeout(totalMs ?? TOTAL_MS);
  const deps = { ...rest, deadline };
  let outcome: ListingOutcome = { type: 'failed', reason: 'the provider has no ready address' };
  if (listing === undefined) return outcome;
  for (const connection of connections.slice(0, MAX_CONNECTIONS)) {
    outcome = await readListing(listing, (path, maxBytes) => getPage(connection, path, maxBytes, deps));
    if (outcome.type === 'listed' || deps.stop.aborted || deadline.aborted) return outcome;
  }
  return outcome;
}
