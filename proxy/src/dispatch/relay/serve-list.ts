import type { ServerResponse } from 'node:http';
import type { ResourceRoute } from '../../accept/route.ts';
import { admitProvider, admittedProviders } from '../../admit/admit-provider.ts';
import type { Caller, Provider, Snapshot } from '../../snapshot/snapshot.ts';
import type { Ownership, Place } from '../../support/tagged-id.ts';
import { type CallerError, callerError } from '../../wire/caller-error.ts';
import type { JsonObject } from '../../wire/json.ts';
import { readListQuery } from './list-query.ts';
import { listDocument, listResources, type ResourceList } from './list-resources.ts';
import { type FoundPlace, findResourcePlace, type ResourcePlace } from './resource-place.ts';

export type ListConclusion =
  | { readonly type: 'document'; readonly document: JsonObject }
  | { readonly type: 'refused'; readonly error: CallerError }
  | { readonly type: 'gone' };

export interface ListRequest {
  readonly snapshot: Snapshot;
  readonly caller: Caller;
  readonly type: ResourceRoute['type'];
  readonly ownership: Ownership;
  /** `x-headgate-provider`; undefined = every provider that the caller may use. */
  readonly chosenProvider: string | undefined;
  /** Without its `?`. */
  readonly query: string;
}

/** A list with more places than this is not made: the caller has to choose. */
const MAX_PLACES = 16;

/** The caller's own files or batches, at one provider or at all that it may use. */
export async function serveList(request: ListRequest, response: ServerResponse): Promise<ListConclusion> {
  const { type, ownership } = request;
  const read = readListQuery(request.query, type, ownership);
  if (read.type === 'refused') return read;
  const found = findPlaces(request, read.from);
  if (found.type === 'refused') return found;
  const start = read.from === undefined ? 0 : found.places.findIndex(({ provider }) => provider === read.from?.provider);
  if (start < 0) return refuse(callerError('not_found', 'What you have seen last is not in this list.', { param: 'after' }));
  const leaving = new AbortController();
  response.on('close', () => leaving.abort());
  const places = found.places.slice(start);
  const list = await listResources({ type, query: read.query, places, ownership, gone: leaving.signal });
  if (leaving.signal.aborted) return { type: 'gone' };
  if (places.length > 0 && list.unreached.length === places.length) return refuse(unreachable(list));
  return { type: 'document', document: listDocument(list) };
}

type Places =
  | { readonly type: 'places'; readonly places: readonly ResourcePlace[] }
  | { readonly type: 'refused'; readonly error: CallerError };

/** @param from where what was seen last is kept; other places are asked with the key that new files go to */
function findPlaces({ snapshot, caller, chosenProvider }: ListRequest, from: Place | undefined): Places {
  const placeAt = (provider: Provider): FoundPlace =>
    findResourcePlace(provider, provider.key === `provider/${from?.provider}` ? from?.credential : undefined);
  if (chosenProvider !== undefined) {
    const admission = admitProvider(snapshot, caller, chosenProvider);
    if (admission.type === 'refused') return admission;
    const found = placeAt(admission.provider);
    return found.type === 'none' ? refuse(found.error) : { type: 'places', places: [found.place] };
  }
  const admission = admittedProviders(snapshot, caller);
  if (admission.type === 'refused') return admission;
  const places = admission.providers.map(placeAt).flatMap((found) => (found.type === 'place' ? [found.place] : []));
  if (places.length <= MAX_PLACES) return { type: 'places', places };
  const message = `You may use ${places.length} providers, too many to list at once. Choose one with the header \`x-headgate-provider\`.`;
  return refuse(callerError('invalid_request', message, { param: 'x-headgate-provider' }));
}

function unreachable({ unreached }: ResourceList): CallerError {
  const named = unreached.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  return callerError('all_targets_failed', `No provider could be asked for its list. ${named}.`, { shouldRetry: true });
}

function refuse(error: CallerError): { readonly type: 'refused'; readonly error: CallerError } {
  return { type: 'refused', error };
}
