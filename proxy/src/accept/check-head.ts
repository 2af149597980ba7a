import { type CallerError, callerError } from '../wire/caller-error.ts';
import type { RequestHead } from './request-head.ts';

/** Above this a request is refused with 431; node:http itself would silently drop the rest. */
export const MAX_HEADERS = 100;

const HOST_PATTERN = /^[A-Za-z0-9._~%:[\]-]+$/;
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)(.*)$/i;

export interface HeadChecks {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly rawHeaders: readonly string[];
  /** A switch to a WebSocket is served at this path. */
  readonly upgradable?: boolean;
}

/** Path and query (without its `?`) to route by, or why the request must not be read any further. */
export type CheckedHead =
  | { readonly type: 'ok'; readonly path: string; readonly query: string }
  | { readonly type: 'refused'; readonly error: CallerError };

/**
 * Refuses what node:http accepts but a proxy must not: messages whose framing or target two parsers may read
 * differently (request smuggling, RFC 9112 section 11.2), protocol switches, and bodies that would have to be inflated.
 */
export function checkHead(request: HeadChecks, head: RequestHead): CheckedHead {
  const problem = findProblem(request, head);
  if (problem !== undefined) return { type: 'refused', error: problem };
  let target = request.url;
  if (target.charCodeAt(0) !== 47) {
    const absolute = ABSOLUTE_FORM.exec(target);
    if (absolute === null) return refuse('The request target must be a path such as /v1/chat/completions.');
    if (absolute[1]?.toLowerCase() !== head.host?.toLowerCase()) {
      return refuse('The request target names another host than the Host header.');
    }
    target = absolute[2] ?? '/';
  }
  const query = target.indexOf('?');
  return query < 0 ? { type: 'ok', path: target, query: '' } : { type: 'ok', path: target.slice(0, query), query: target.slice(query + 1) };
}

function findProblem(request: HeadChecks, head: RequestHead): CallerError | undefined {
  if (request.rawHeaders.length > 2 * MAX_HEADERS) {
    return callerError(
      'headers_too_large',
      `The request has ${request.rawHeaders.length / 2} headers; at most ${MAX_HEADERS} are accepted.`,
    );
  }
  if (request.httpVersion !== '1.1' && request.httpVersion !== '1.0') {
    return callerError('invalid_request', `HTTP version ${request.httpVersion} is not spoken here; use HTTP/1.1.`);
  }
  if (head.hosts === 0 && request.httpVersion === '1.1') return callerError('invalid_request', 'The request has no Host header.');
  if (head.hosts > 1) return callerError('invalid_request', 'The request has more than one Host header.');
  if (head.host !== undefined && !HOST_PATTERN.test(head.host)) {
    return callerError('invalid_request', 'The Host header is not a host name with an optional port.');
  }
  if (head.upgrade && request.upgradable !== true)
    return callerError('invalid_request', 'Protocol upgrades are not served; send the request without an Upgrade header.');
  return findFramingProblem(request, head);
}

function findFramingProblem(request: HeadChecks, head: RequestHead): CallerError | undefined {
  if (head.transferEncoding !== undefined) {
    if (head.transferEncoding.trim().toLowerCase() !== 'chunked') {
      return callerError('unsupported_encoding', 'Transfer-Encoding may only be "chunked".');
    }
    if (request.httpVersion === '1.0') return callerError('invalid_request', 'HTTP/1.0 has no Transfer-Encoding.');
    if (head.contentLength >= 0) return callerError('invalid_request', 'Content-Length and Transfer-Encoding exclude each other.');
  }
  if (head.contentEncoding !== undefined && head.contentEncoding.trim().toLowerCase() !== 'identity') {
    return callerError(
      'unsupported_encoding',
      `Content-Encoding "${printable(head.contentEncoding)}" is not accepted; send the body as plain JSON.`,
    );
  }
  if (head.expect !== undefined && head.expect.toLowerCase() !== '100-continue') {
    return callerError('invalid_request', `Expect "${printable(head.expect)}" is not known; only 100-continue is.`);
  }
  return undefined;
}

function refuse(message: string): CheckedHead {
  return { type: 'refused', error: callerError('invalid_request', message) };
}

/** Echoes a caller's own word without letting it fill the answer or break out of a line. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
}
