import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DialectId } from '@headgate/crds';
import type { Dialect, WireDialect } from '../dialects/dialect.ts';
import { openaiCompletions } from '../dialects/openai-completions/openai-completions.ts';
import { findOperation } from '../operations/registry.ts';
import type { Caller, Snapshot } from '../snapshot/snapshot.ts';
import type { Clock } from '../support/clock.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';
import { formBoundary } from '../wire/multipart-form.ts';
import { authenticate } from './authenticate.ts';
import { type CheckedHead, checkHead } from './check-head.ts';
import type { Exchange } from './exchange.ts';
import { DATA_ROUTES, findRoute } from './find-route.ts';
import { findHeldFiles } from './held-files.ts';
import { type ParsedCall, parseCall, type ReceivedCall } from './parse-call.ts';
import { parseForm } from './parse-form.ts';
import { type BodyContext, readBody } from './read-body.ts';
import { keyInProtocols, readRealtimeCall } from './realtime-call.ts';
import { readRequestHead } from './request-head.ts';
import { chooseRequestId } from './request-id.ts';
import type { CallRoute, ResourceRoute, Route } from './route.ts';
import type { Upgrade } from './upgrade.ts';

export interface AcceptContext extends BodyContext {
  readonly clock: Clock;
  readonly generateId: () => string;
  readonly dialectOf: (id: DialectId) => Dialect;
  /** The control stream is up, or was until a moment ago: an unknown key is then really unknown. */
  readonly tableIsFresh: () => boolean;
}

export type Acceptance =
  | { readonly type: 'call'; readonly snapshot: Snapshot; readonly caller: Caller; readonly call: ReceivedCall }
  /** Files and batches; `body` is read for new batches only. */
  | {
      readonly type: 'resource';
      readonly snapshot: Snapshot;
      readonly caller: Caller;
      readonly route: ResourceRoute;
      readonly body: Buffer | undefined;
    }
  | { readonly type: 'models'; readonly snapshot: Snapshot; readonly caller: Caller; readonly model: string | undefined }
  | { readonly type: 'refused'; readonly error: CallerError }
  | { readonly type: 'gone' };

export interface OpenedExchange {
  readonly exchange: Exchange;
  readonly checked: CheckedHead;
}

/** What the listener hands over. */
export interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Set when the caller asks to switch to a WebSocket where that is served. */
  readonly upgrade: Upgrade | undefined;
}

/** Opens an exchange: whatever is wrong with its head is kept for `acceptCall` to tell. */
export function openExchange({ request, response, upgrade }: Incoming, context: AcceptContext): OpenedExchange {
  const head = readRequestHead(request.rawHeaders);
  const url = request.url ?? '/';
  const checked = checkHead(
    {
      method: request.method ?? '',
      url,
      httpVersion: request.httpVersion,
      rawHeaders: request.rawHeaders,
      upgradable: upgrade !== undefined,
    },
    head,
  );
  const { path, query } = checked.type === 'ok' ? checked : { path: url, query: '' };
  const route = findRoute(request.method ?? '', path, query, head.dialect);
  const exchange: Exchange = {
    request,
    response,
    head,
    requestId: chooseRequestId(head.requestId, context.generateId),
    startedAtMs: context.clock.monotonicMs(),
    dialect: route.dialect,
    route: checked.type === 'ok' ? route : undefined,
    upgrade,
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
  const { route, request, head } = exchange;
  if (route === undefined) return refuse(callerError('internal', 'No route.'));
  if (route.type === 'wrong-method') return refuse(callerError('method_not_allowed', `This path is served for ${route.allow} only.`));
  if (route.type === 'unknown') return refuse(unknownPath(checked.path));
  if (snapshot === undefined) {
    return refuse(callerError('table_not_ready', 'This proxy has no routing table yet. Try again shortly.', { retryAfterMs: 1000 }));
  }
  const apiKey = head.apiKey ?? keyElsewhere(route, checked.query, request);
  const authentication = authenticate(snapshot, apiKey, context.tableIsFresh());
  if (authentication.type === 'refused') return authentication;
  const { caller } = authentication;
  exchange.caller = caller;
  if (route.type === 'models') return { type: 'models', snapshot, caller, model: route.model };
  const parsed = await readCall(exchange, route, checked.query, context);
  if (parsed.type === 'body') return { type: 'resource', snapshot, caller, route: parsed.route, body: parsed.bytes };
  if (parsed.type !== 'ok') return parsed;
  const read = 'action' in route ? parsed : withOwnFiles(parsed.call, route, snapshot, caller);
  if (read.type !== 'ok') return read;
  exchange.call = read.call;
  return { type: 'call', snapshot, caller, call: read.call };
}

type ReadCall =
  | ParsedCall
  | { readonly type: 'body'; readonly route: ResourceRoute; readonly bytes: Buffer | undefined }
  | { readonly type: 'gone' };

async function readCall(exchange: Exchange, route: CallRoute | ResourceRoute, query: string, context: AcceptContext): Promise<ReadCall> {
  const { request, response, head, upgrade } = exchange;
  if (route.type === 'realtime') {
    if (upgrade !== undefined) return readRealtimeCall(query, context.dialectOf(route.dialect));
    return {
      type: 'refused',
      error: callerError('invalid_request', 'A realtime session is a WebSocket: send a request to upgrade to one.'),
    };
  }
  const passes = 'action' in route && !(route.type === 'batches' && route.action === 'create');
  if (passes) {
    if (head.expect !== undefined) response.writeContinue();
    return { type: 'body', route, bytes: undefined };
  }
  const body = await readBody(request, response, head, context);
  if (body.type !== 'ok') return body;
  if ('action' in route) return { type: 'body', route, bytes: body.bytes };
  const dialect = route.type === 'completions' ? openaiCompletions : context.dialectOf(route.dialect);
  return parseBody(route, dialect, body.bytes, request.headers['content-type']);
}

function parseBody(route: CallRoute, dialect: WireDialect, bytes: Buffer, contentType: string | undefined): ParsedCall {
  const operation = findOperation(route.type);
  const boundary = operation?.body === 'multipart' ? formBoundary(contentType) : undefined;
  if (operation === undefined || boundary === undefined) return parseCall(route.type, dialect, bytes, route);
  return parseForm(operation, dialect, { bytes, boundary }, route);
}

/** The call with the provider's own ids of the files that Headgate gave the caller ids for. */
function withOwnFiles(call: ReceivedCall, route: CallRoute, snapshot: Snapshot, caller: Caller): ParsedCall {
  if (call.side !== undefined) return { type: 'ok', call };
  const files = findHeldFiles(call, snapshot, caller);
  if (files.type === 'refused') return files;
  if (files.type === 'none') return { type: 'ok', call };
  const parsed = parseCall(route.type, call.dialect, files.bytes, route);
  return parsed.type === 'ok' ? { type: 'ok', call: { ...parsed.call, filesAt: files.place } } : parsed;
}

/** Google's REST callers may send their key as `?key=`, browsers' WebSockets as a subprotocol. */
function keyElsewhere(route: Route, query: string, request: IncomingMessage): string | undefined {
  if (route.type === 'realtime') return keyInProtocols(request.headers['sec-websocket-protocol']);
  return route.dialect === 'gemini' ? new URLSearchParams(query).get('key')?.trim() || undefined : undefined;
}

function unknownPath(path: string): CallerError {
  return callerError('unknown_path', `The path '${path.slice(0, 100)}' is not served. Served are: ${DATA_ROUTES.join(', ')}.`);
}

function refuse(error: CallerError): Acceptance {
  return { type: 'refused', error };
}
