import type { ProviderResource } from '@headgate/crds';
import { nameOfKey } from '../../snapshot/name-of-key.ts';
import type { Connection, Provider } from '../../snapshot/snapshot.ts';
import { type CallerError, callerError } from '../../wire/caller-error.ts';
import type { UpstreamError } from '../../wire/failure.ts';

/** A provider as it is asked for files and batches: with the key whose account has them. */
export interface ResourcePlace {
  /** `<ns>/<name>`. */
  readonly provider: string;
  readonly resource: ProviderResource;
  readonly connection: Connection;
  /** Flat [name, value, ...] array; complete unless the connection has an authorizer. */
  readonly headers: readonly string[];
}

export type FoundPlace = { readonly type: 'place'; readonly place: ResourcePlace } | { readonly type: 'none'; readonly error: CallerError };

const OPENAI_FAMILY: ReadonlySet<string> = new Set(['openai-chat', 'openai-responses']);
const NO_BYTES = new Uint8Array();

/** @param credential name of the key (`-` for none); undefined = the one that new files go to, the provider's first */
export function findResourcePlace(provider: Provider, credential: string | undefined): FoundPlace {
  const { namespace, name, dialect } = provider.resource;
  const id = `${namespace}/${name}`;
  const resource = OPENAI_FAMILY.has(dialect) ? provider.resource : provider.byDialect.get('openai-chat');
  if (resource === undefined)
    return none(callerError('invalid_request', `The provider '${id}' has no files and batches in the shape of OpenAI.`));
  const connection = provider.connections.find((each) => credential === undefined || nameOfKey(each) === credential);
  if (connection === undefined) return none(callerError('no_usable_target', `'${id}' has no address or key.`));
  // A signature would have to cover a body that is passed on while it arrives.
  if (connection.authorizer?.signsBody === true) {
    return none(callerError('invalid_request', `The provider '${id}' signs its requests; files are not served there.`));
  }
  const { requestHeaders, headersByDialect } = connection;
  const headers = resource.dialect === 'openai-chat' ? (headersByDialect.get('openai-chat') ?? requestHeaders) : requestHeaders;
  return { type: 'place', place: { provider: id, resource, connection, headers } };
}

export type AuthorizedHeaders =
  | { readonly type: 'headers'; readonly headers: readonly string[] }
  | { readonly type: 'failure'; readonly error: UpstreamError };

/** The headers of a request, with a token where the provider wants one. */
export async function authorizedHeaders(
  { authorizer, origin }: Pick<Connection, 'authorizer' | 'origin'>,
  headers: readonly string[],
  path: string,
): Promise<AuthorizedHeaders> {
  if (authorizer === undefined) return { type: 'headers', headers };
  const authorization = await authorizer.authorize({ method: 'POST', host: new URL(origin.url).host, path, body: NO_BYTES });
  return authorization.type === 'failure' ? authorization : { type: 'headers', headers: [...headers, ...authorization.headers] };
}

function none(error: CallerError): FoundPlace {
  return { type: 'none', error };
}
