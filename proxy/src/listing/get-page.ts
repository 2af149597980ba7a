import type { Connection } from '../snapshot/snapshot.ts';
import type { PageAnswer } from './read-listing.ts';

export interface PageDeps {
  /** Ends every request that is under way. */
  readonly stop: AbortSignal;
  /** Ends what one provider may take in all: others wait for their turn. */
  readonly deadline: AbortSignal;
  /** What an error of the network means, for people. */
  readonly explain: (error: Error) => string;
}

const TOTAL_MS = 30_000;
const MAX_ERROR_BYTES = 64 * 1024;
const NO_BODY = new Uint8Array(0);

/**
 * One GET over the sockets, guards and key that calls use; redirects are not followed. Reasons of failures name the
 * address and the status, never what the provider wrote: some quote the key. Never rejects.
 */
export async function getPage(connection: Connection, path: string, maxBytes: number, deps: PageDeps): Promise<PageAnswer> {
  const { origin, dispatcher } = connection;
  const place = `GET ${origin.url}${path.split('?', 1)[0]}`;
  try {
    const host = new URL(origin.url).host;
    const authorization = await connection.authorizer?.authorize({ method: 'GET', host, path, body: NO_BODY });
    if (authorization?.type === 'failure') return failed(`${place} could not be authorized (${authorization.error.reason})`);
    const headers = [...withoutContentType(connection.requestHeaders), ...(authorization?.headers ?? [])];
    const signal = AbortSignal.any([deps.stop, deps.deadline, AbortSignal.timeout(TOTAL_MS)]);
    const answer = await dispatcher.request({ path, method: 'GET', headers, signal, headersTimeout: TOTAL_MS, bodyTimeout: TOTAL_MS });
    if (answer.statusCode === 401) connection.authorizer?.discard();
    if (answer.statusCode !== 200) {
      // Read to its end where that is near, so that the connection can be kept.
      await answer.body.dump({ limit: MAX_ERROR_BYTES });
      return failed(`${place} answered ${answer.statusCode}`);
    }
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of answer.body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      // Leaving the loop ends the connection.
      if (bytes > maxBytes) return failed(`${place} answered more than can be read`);
      pieces.push(piece);
    }
    return { type: 'text', text: Buffer.concat(pieces).toString('utf8') };
  } catch (error) {
    return failed(`${place}: ${reasonOf(error, deps)}`);
  }
}

function withoutContentType(headers: readonly string[]): readonly string[] {
  return headers.filter((_, i) => headers[i - (i % 2)] !== 'content-type');
}

function reasonOf(error: unknown, { stop, deadline, explain }: PageDeps): string {
  if (stop.aborted) return 'the proxy stops';
  if (deadline.aborted) return 'the time for the whole list was over';
  if (!(error instanceof Error)) return 'failed';
  return error.name === 'TimeoutError' ? `no answer within ${TOTAL_MS / 1000} s` : explain(error);
}

function failed(reason: string): PageAnswer {
  return { type: 'failed', reason };
}
