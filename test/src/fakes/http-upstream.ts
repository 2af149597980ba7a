import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A request as a provider saw it. */
export interface UpstreamCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly json: Readonly<Record<string, unknown>>;
  /** Settles when the connection of the request has closed, with the time (monotonic ms) at which it did. */
  readonly closed: Promise<number>;
}

/** Answers a call; may write as slowly as it likes. */
export type Answer = (call: UpstreamCall, response: ServerResponse) => void;

/** A provider on a real HTTP server, for answers that need no faults of HTTP itself. */
export class HttpUpstream {
  readonly calls: UpstreamCall[] = [];
  readonly server: Server;
  answer: Answer = (_call, response) => response.writeHead(500).end();
  #waiters: (() => void)[] = [];

  private constructor(server: Server) {
    this.server = server;
  }

  static async start(): Promise<HttpUpstream> {
    const server = createServer();
    const upstream = new HttpUpstream(server);
    server.on('request', (request, response) => void upstream.#serve(request, response));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return upstream;
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** The `n`th call (from 0), as soon as it has arrived whole. */
  async call(n: number): Promise<UpstreamCall> {
    for (;;) {
      const seen = this.calls[n];
      if (seen !== undefined) return seen;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  get last(): UpstreamCall {
    const call = this.calls.at(-1);
    if (call === undefined) throw new Error('the provider was not asked');
    return call;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const closed = new Promise<number>((resolve) => {
      response.on('close', () => resolve(performance.now()));
    });
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request) pieces.push(piece as Buffer);
    } catch {
      return;
    }
    const body = Buffer.concat(pieces);
    const call = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body,
      json: parse(body),
      closed,
    };
    this.calls.push(call);
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
    this.answer(call, response);
  }
}

/** An answer of one JSON document. */
export function answerJson(document: object, status = 200): Answer {
  return (_call, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document));
}

/** An answer of these bytes. */
export function answerBytes(contentType: string, ...pieces: readonly (string | Buffer)[]): Answer {
  return (_call, response) => {
    response.writeHead(200, { 'content-type': contentType });
    for (const piece of pieces) response.write(piece);
    response.end();
  };
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body.toString('utf8')) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
