import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DialectId } from '@headgate/crds';
import type { Dialect } from '../dialects/dialect.ts';
import type { Caller, Snapshot } from '../snapshot/snapshot.ts';
import type { Clock } from '../support/clock.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';
import { authenticate } from './authenticate.ts';
import { type CheckedHead, checkHead } from './check-head.ts';
import type { Exchange } from './exchange.ts';
import { parseCall, type ReceivedCall } from './parse-call.ts';
import { type BodyContext, readBody } from './read-body.ts';
import { readRequestHead } from './request-head.ts';
import { chooseRequestId } from './request-id.ts';
import { DATA_ROUTES, findRoute, type Route } from './route.ts';

export interface AcceptContext extends BodyContext {
  readonly clock: Clock;
  readonly generateId: () => string;
  readonly dialectOf: (id: DialectId) => Dialect;
  /** The control stream is up, or was until a moment ago: an unknown key is then really unknown. */
  readonly tableIsFresh: () => boolean;
}

export type Acceptance =
  | { readonly type: 'call'; readonly snapshot: Snapshot; readonly caller: Caller; readonly call: ReceivedCall }
  | { readonly type: 'models'; readonly snapshot: Snapshot; readonly caller: Caller; readonly model: string | undefined }
  | { readonly type: 'refused'; readonly error: CallerError }
  | { readonly type: 'gone' };

export interface OpenedExchange {
  readonly exchange: Exchange;
  readonly checked: CheckedHead;
}

/** Opens an exchange: whatever is wrong with its head is kept for `acceptCall` to tell. */
export function openExchange(request: IncomingMessage, response: ServerResponse, context: AcceptContext): OpenedExchange {
  const head = readRequestHead(request.rawHeaders);
  const url = request.url ?? '/';
  const checked = checkHead({ method: request.method ?? '', url, httpVersion: request.httpVersion, rawHeaders: request.rawHeaders }, head);
  const path = checked.type === 'ok' ? checked.path : url;
  const route = findRoute(request.method ?? '', path, head.anthropicVersion !== undefined);
  const exchange: Exchange = {
    request,
    response,
    head,
    requestId: chooseRequestId(head.requestId, context.generateId),
    startedAtMs: context.clock.monotonicMs(),
    dialect: route.dialect,
    route: checked.type === 'ok' ? route : undefined,
    caller: undefined,
    call: undefined,
  };
  return { exchange, checked };
}

/** Reads the request: head, caller, body. Cheap refusals come before the body is read. */
export async function acceptCall(
  { exchange, checked }: OpenedExchange,
  snapshot: Snapshot | undefined,
  context: AcceptContext,
): Promise<Acceptance> {
  if (checked.type === 'refused') return checked;
  const { route, request, response, head } = exchange;
  const unserved = route === undefined ? undefined : refuseRoute(route, checked.path);
  if (route === undefined || unserved !== undefined) return { type: 'refused', error: unserved ?? callerError('internal', 'No route.') };
  if (snapshot === undefined) {
    return refuse(callerError('table_not_ready', 'This proxy has no routing table yet. Try again shortly.', { retryAfterMs: 1000 }));
  }
  const authentication = authenticate(snapshot, head.apiKey, context.tableIsFresh());
  if (authentication.type === 'refused') return authentication;
  const { caller } = authentication;
  exchange.caller = caller;
  if (route.type === 'models') return { type: 'models', snapshot, caller, model: route.model };
  const body = await readBody(request, response, head, context);
  if (body.type !== 'ok') return body;
  const parsed = parseCall(route.type === 'embeddings' ? 'embeddings' : 'chat', context.dialectOf(route.dialect), body.bytes);
  if (parsed.type === 'refused') return parsed;
  exchange.call = parsed.call;
  return { type: 'call', snapshot, caller, call: parsed.call };
}

function refuseRoute(route: Route, path: string): CallerError | undefined {
  switch (route.type) {
    case 'wrong-method':
      return callerError('method_not_allowed', `This path is served for ${route.allow} only.`);
    case 'unknown':
      return callerError('unknown_path', `The path '${path.slice(0, 100)}' is not served. Served are: ${DATA_ROUTES.join(', ')}.`);
    default:
      return undefined;
  }
}

function refuse(error: CallerError): Acceptance {
  return { type: 'refused', error };
}
