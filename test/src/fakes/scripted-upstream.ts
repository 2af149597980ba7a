import { createServer, type Server, type Socket } from 'node:net';

/** One thing a faulty provider does with the connection a request came on. */
export type Step =
  /** Bytes as they are: a head, a body, or anything that is not HTTP at all. */
  | { readonly type: 'send'; readonly bytes: string | Buffer }
  /** One chunk of a chunked body. */
  | { readonly type: 'chunk'; readonly bytes: string | Buffer }
  /** The last chunk: ends a chunked body. */
  | { readonly type: 'end' }
  /** Ends the connection politely (FIN). */
  | { readonly type: 'close' }
  /** Ends it with a reset (RST). */
  | { readonly type: 'reset' }
  /** Does nothing more until the other side closes. */
  | { readonly type: 'stall' }
  /** Goes on when the test says so. */
  | { readonly type: 'wait'; readonly until: Promise<unknown> };

export type Script = readonly Step[];

/** A request as it arrived, and what became of its connection. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly json: Readonly<Record<string, unknown>>;
  /** Settles when the connection has closed, with the time (monotonic ms) at which it did. */
  readonly closed: Promise<number>;
}

const EMPTY_SCRIPT: Script = [{ type: 'close' }];

/**
 * A provider on a bare TCP socket that does exactly what the test says, including what no HTTP server would: one script
 * per request, in order of arrival; the last script repeats. Nothing in it waits for a clock.
 */
export class ScriptedUpstream {
  readonly requests: SeenRequest[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #scripts: Script[] = [];
  #waiters: (() => void)[] = [];
  #served = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(...scripts: readonly Script[]): Promise<ScriptedUpstream> {
    const server = createServer({ noDelay: true, allowHalfOpen: true });
    const upstream = new ScriptedUpstream(server);
    upstream.script(...scripts);
    server.on('connection', (socket) => upstream.#accept(socket));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return upstream;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Replaces what the coming requests get; the last one goes on for all that follow. */
  script(...scripts: readonly Script[]): void {
    this.#scripts = [...scripts];
    this.#served = 0;
  }

  /** The `n`th request (from 0), as soon as it has arrived whole. */
  async request(n: number): Promise<SeenRequest> {
    for (;;) {
      const seen = this.requests[n];
      if (seen !== undefined) return seen;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    let received = Buffer.alloc(0);
    const closed = new Promise<number>((resolve) => {
      socket.on('close', () => {
        this.#sockets.delete(socket);
        resolve(performance.now());
      });
    });
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      for (let request = takeRequest(received); request !== undefined; request = takeRequest(received)) {
        received = received.subarray(request.length);
        this.requests.push({ ...request.seen, closed });
        const script = this.#scripts[Math.min(this.#served, this.#scripts.length - 1)] ?? EMPTY_SCRIPT;
        this.#served += 1;
        void play(socket, script);
        const waiters = this.#waiters;
        this.#waiters = [];
        for (const wake of waiters) wake();
      }
    });
  }
}

/** A port on which nothing listens: connections to it are refused. */
export async function refusedPort(): Promise<number> {
  const upstream = await ScriptedUpstream.start();
  const { port } = upstream;
  await upstream.close();
  return port;
}

async function play(socket: Socket, script: Script): Promise<void> {
  for (const step of script) {
    if (socket.destroyed) return;
    switch (step.type) {
      case 'send':
        socket.write(step.bytes);
        break;
      case 'chunk':
        socket.write(Buffer.concat([Buffer.from(`${Buffer.byteLength(step.bytes).toString(16)}\r\n`), Buffer.from(step.bytes), CRLF]));
        break;
      case 'end':
        socket.write('0\r\n\r\n');
        break;
      case 'close':
        socket.end();
        return;
      case 'reset':
        // What was written before must have left, or the reset would take it along.
        await new Promise((resolve) => socket.write('', resolve));
        socket.resetAndDestroy();
        return;
      case 'stall':
        return;
      case 'wait':
        await step.until;
        break;
    }
  }
}

const CRLF = Buffer.from('\r\n');

/** The first whole request in `bytes` (its body has a content-length, as undici sends it), or undefined. */
function takeRequest(bytes: Buffer): { readonly length: number; readonly seen: Omit<SeenRequest, 'closed'> } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = headEnd + 4 + Number(headers['content-length'] ?? 0);
  if (bytes.length < length) return undefined;
  const [method = '', path = ''] = first.split(' ');
  const body = bytes.subarray(headEnd + 4, length).toString('utf8');
  return { length, seen: { method, path, headers, body, json: parse(body) } };
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
