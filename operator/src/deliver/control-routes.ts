import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AckFrame, compatibility, type HelloFrame, type ReportFrame, type UpFrame, validateUpFrame } from '@headgate/crds';
import { bearerToken, type ProxyAuthenticator } from './authenticate-proxy.ts';
import { readJsonBody } from './read-body.ts';

/** A hello lists a hash per resource: 100,000 resources fit. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** What the routes ask of the server. */
export interface ControlEndpoint {
  readonly authenticator: ProxyAuthenticator;
  isServing(): boolean;
  greet(hello: HelloFrame): boolean;
  openStream(proxyId: string, response: ServerResponse): boolean;
  acknowledge(ack: AckFrame): boolean;
  report(report: ReportFrame): void;
}

/** Answers one request on the control port; the only two routes are the stream down and the reports up. */
export async function handleControlRequest(endpoint: ControlEndpoint, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = URL.parse(request.url ?? '/', 'https://control');
  if (url === null) return answer(response, 400, { error: 'not a URL' });
  const route = `${request.method ?? ''} ${url.pathname}`;
  if (route !== 'GET /control/v1/updates' && route !== 'POST /control/v1/reports') return answer(response, 404, { error: 'no such route' });
  const token = bearerToken(request.headers.authorization);
  if (token === undefined) return answer(response, 401, { error: 'a bearer token is required' });
  const identity = await endpoint.authenticator.authenticate(token);
  if (identity.type === 'Refused') return answer(response, 401, { error: identity.reason });
  if (identity.type === 'Unavailable') return unavailable(response, identity.reason);
  if (!endpoint.isServing()) return unavailable(response, 'this replica does not lead or has no table yet');
  if (route === 'GET /control/v1/updates') return openStream(endpoint, url.searchParams.get('proxyId') ?? '', identity.podName, response);
  return takeReport(endpoint, request, identity.podName, response);
}

function openStream(endpoint: ControlEndpoint, proxyId: string, podName: string | undefined, response: ServerResponse): void {
  if (podName !== undefined && podName !== proxyId) answer(response, 403, { error: notThePod(proxyId, podName) });
  else if (!endpoint.openStream(proxyId, response)) answer(response, 409, { error: 'hello first' });
}

async function takeReport(
  endpoint: ControlEndpoint,
  request: IncomingMessage,
  podName: string | undefined,
  response: ServerResponse,
): Promise<void> {
  const body = await readJsonBody(request, MAX_BODY_BYTES);
  if (body.type === 'TooLarge') return answer(response, 413, { error: `a frame has at most ${MAX_BODY_BYTES} bytes` });
  if (body.type === 'Invalid') return answer(response, 400, { error: `not JSON: ${body.reason}` });
  const valid = validateUpFrame(body.value);
  if (valid.type === 'invalid') return answer(response, 400, { error: valid.errors.join('; ') });
  const { proxyId } = valid.value;
  if (podName !== undefined && podName !== proxyId) return answer(response, 403, { error: notThePod(proxyId, podName) });
  // The body took time to arrive: this replica may have stopped leading meanwhile.
  if (!endpoint.isServing()) return unavailable(response, 'this replica does not lead any more');
  takeFrame(endpoint, valid.value, response);
}

function takeFrame(endpoint: ControlEndpoint, frame: UpFrame, response: ServerResponse): void {
  switch (frame.type) {
    case 'hello': {
      const peer = compatibility(frame.contractVersion);
      if (peer.type === 'incompatible') answer(response, 400, { error: peer.reason });
      else if (endpoint.greet(frame)) answer(response, 200, {});
      else unavailable(response, 'the proxy holds a table of a later leader');
      break;
    }
    case 'ack':
      if (endpoint.acknowledge(frame)) answer(response, 200, {});
      else answer(response, 409, { error: 'hello first' });
      break;
    case 'report':
      endpoint.report(frame);
      answer(response, 200, {});
      break;
  }
}

function notThePod(proxyId: string, podName: string): string {
  return `the token belongs to pod ${podName}, not to ${proxyId}`;
}

function unavailable(response: ServerResponse, error: string): void {
  response.setHeader('retry-after', '1');
  answer(response, 503, { error });
}

function answer(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent || response.destroyed) return;
  // An unread rest of the request must not be taken for the next one on the same connection.
  if (status === 413 || status === 400) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}
