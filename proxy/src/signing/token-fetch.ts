import { Agent, type buildConnector, request } from 'undici';

export interface TokenRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * public: an address of the vendor's data, reached like any provider (no private or link-local addresses). pod: one that
   * the pod's environment or its cloud defines, for workload identity only.
   */
  readonly realm: 'public' | 'pod';
}

export interface TokenResponse {
  readonly status: number;
  readonly body: string;
  /** Takes lower-case names. */
  readonly header: (name: string) => string | undefined;
}

/** Rejects when there is no answer. */
export type TokenFetch = (request: TokenRequest) => Promise<TokenResponse>;

/** Tokens and STS answers have a few KiB. */
const MAX_ANSWER_BYTES = 64 * 1024;
const CONNECT_MS = 2000;
const TOTAL_MS = 10_000;

export interface ClosableTokenFetch {
  readonly fetch: TokenFetch;
  close(): Promise<void>;
}

/** Fetches over undici; redirects are answers, not followed. @param connectPublic opens sockets of the realm `public` */
export function createTokenFetch(connectPublic: buildConnector.connector): ClosableTokenFetch {
  const agents = {
    public: new Agent({ connect: connectPublic, pipelining: 1, keepAliveTimeout: 5000 }),
    pod: new Agent({ connect: { timeout: CONNECT_MS }, pipelining: 1, keepAliveTimeout: 5000 }),
  };
  const fetch: TokenFetch = async ({ url, method, headers, body, realm }) => {
    const answer = await request(url, {
      dispatcher: agents[realm],
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(TOTAL_MS),
    });
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of answer.body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > MAX_ANSWER_BYTES) throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
      pieces.push(piece);
    }
    const header = (name: string): string | undefined => {
      const value = answer.headers[name];
      return typeof value === 'string' ? value : value?.[0];
    };
    return { status: answer.statusCode, body: Buffer.concat(pieces).toString('utf8'), header };
  };
  return {
    fetch,
    close: async () => {
      await Promise.all([agents.public.destroy(), agents.pod.destroy()]);
    },
  };
}
