import type { IncomingHttpHeaders } from 'node:http';

/**
 * What may go on of a caller's headers: a list of the few that mean something to a provider, so that neither the caller's
 * key, cookies or hop-by-hop headers nor anything unknown leaves the house.
 */
const REQUEST_HEADERS = ['content-type', 'content-length', 'accept', 'openai-beta', 'range'] as const;
/** Of a provider's answer. */
const ANSWER_HEADERS = ['content-type', 'content-length', 'content-disposition', 'content-range', 'retry-after', 'retry-after-ms'] as const;

/** Headers of a relayed request: the caller's few, and the connection's own (which win, but for the content type). */
export function relayedRequestHeaders(caller: IncomingHttpHeaders, own: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of REQUEST_HEADERS) {
    const value = caller[name];
    if (typeof value === 'string') headers[name] = value;
  }
  for (let i = 0; i + 1 < own.length; i += 2) {
    const [name = '', value = ''] = own.slice(i, i + 2);
    if (name !== 'content-type') headers[name] = value;
  }
  return headers;
}

/** Headers of the answer that the caller sees, as a flat [name, value, ...] array. */
export function relayedAnswerHeaders(answer: IncomingHttpHeaders): string[] {
  return ANSWER_HEADERS.flatMap((name) => {
    const value = answer[name];
    return typeof value === 'string' ? [name, value] : [];
  });
}
