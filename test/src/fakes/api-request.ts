import type { IncomingMessage } from 'node:http';

/** What a request to the fake API server means. */
export interface ApiRequest {
  readonly method: string;
  /** `<apiVersion>/<plural>`, e.g. `v1/secrets` or `headgate.dev/v1alpha1/modelproviders`. */
  readonly collection: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly verb: 'list' | 'watch' | 'get' | 'create' | 'update' | 'patch' | 'delete';
}

/** Reads a request completely; undefined when its path is none of the API's. */
export async function readApiRequest(incoming: IncomingMessage): Promise<ApiRequest | undefined> {
  const url = new URL(incoming.url ?? '/', 'http://fake');
  const segments = url.pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);
  const rest = segments[0] === 'api' ? segments.slice(2) : segments.slice(3);
  const apiVersion = segments[0] === 'api' ? segments[1] : segments.slice(1, 3).join('/');
  if ((segments[0] !== 'api' && segments[0] !== 'apis') || rest.length === 0) return undefined;
  // `namespaces/<name>` alone is the Namespace itself.
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2;
  const [plural = '', name, subresource] = inNamespace ? rest.slice(2) : rest;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  const method = incoming.method ?? 'GET';
  return {
    method,
    collection: `${apiVersion}/${plural}`,
    namespace: inNamespace ? rest[1] : undefined,
    name,
    subresource,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    verb: verbOf(method, name, url.searchParams),
  };
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): ApiRequest['verb'] {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return 'delete';
    default:
      if (name !== undefined) return 'get';
      return query.get('watch') === 'true' ? 'watch' : 'list';
  }
}
