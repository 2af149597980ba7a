import type { Exchange } from '../../accept/exchange.ts';
import type { ResourceRoute } from '../../accept/route.ts';
import { admitProvider } from '../../admit/admit-provider.ts';
import type { Caller, Snapshot } from '../../snapshot/snapshot.ts';
import { ownershipOf } from '../../support/tagged-id.ts';
import { callerError } from '../../wire/caller-error.ts';
import { askResource } from './ask-resource.ts';
import type { RelayOutcome, RelaySink, ResourceRelay } from './resource-relay.ts';
import { type ListConclusion, serveList } from './serve-list.ts';

export interface ResourceContext {
  readonly resources: ResourceRelay;
}

/** A request for files or batches, accepted. */
export interface AcceptedResource {
  readonly snapshot: Snapshot;
  readonly caller: Caller;
  readonly route: ResourceRoute;
  readonly body: Buffer | undefined;
}

export type ResourceConclusion = ListConclusion | { readonly type: 'relayed'; readonly provider: string; readonly outcome: RelayOutcome };

const CHOICE_HEADER = 'x-headgate-provider';

/** Whose is it, where is it, may the caller go there: then the provider answers. */
export async function serveResource(
  { snapshot, caller, route, body }: AcceptedResource,
  { request, response }: Pick<Exchange, 'request' | 'response'>,
  sink: RelaySink,
  { resources }: ResourceContext,
): Promise<ResourceConclusion> {
  const ownership = ownershipOf(caller, snapshot.keySalt);
  if (ownership === undefined) {
    const missing = callerError('missing_api_key', 'Files and batches belong to whoever made them: send your API key.');
    return { type: 'refused', error: caller.type === 'anonymous' ? (caller.keyRefusal ?? missing) : missing };
  }
  const chosen = request.headers[CHOICE_HEADER];
  const chosenProvider = typeof chosen === 'string' ? chosen : undefined;
  if (route.action === 'list') {
    const query = request.url?.split('?')[1] ?? '';
    return serveList({ snapshot, caller, type: route.type, ownership, chosenProvider, query }, response);
  }
  const ask = askResource({ route, body, chosenProvider }, ownership);
  if (ask.type === 'refused') return ask;
  const admission = admitProvider(snapshot, caller, ask.provider);
  if (admission.type === 'refused') return admission;
  const outcome = await resources.relay({ request, response, sink, provider: admission.provider, ask, ownership });
  return { type: 'relayed', provider: ask.provider, outcome };
}
