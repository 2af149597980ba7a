import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type ApiObject, ApiObjects } from './api-objects.ts';
import { type ApiRequest, readApiRequest } from './api-request.ts';
import { type ApiAnswer, answerVerb, failure, isSelected, shape } from './api-verbs.ts';

/** What goes wrong with a request instead of its answer. */
export type Fault =
  | { readonly type: 'status'; readonly status: number; readonly reason: string; readonly headers?: Readonly<Record<string, string>> }
  /** An answer that is not JSON of the API. */
  | { readonly type: 'raw'; readonly status: number; readonly text: string }
  /** The socket is destroyed before a byte of the answer. */
  | { readonly type: 'reset' }
  /** The request is never answered. */
  | { readonly type: 'hang' }
  /** A watch that ends with an ERROR event. */
  | { readonly type: 'error-event'; readonly status: number; readonly reason: string; readonly retryAfterSeconds?: number }
  /** A watch that is accepted and closed at once. */
  | { readonly type: 'close' };

interface Watch {
  readonly request: ApiRequest;
  readonly response: ServerResponse;
  /** A half-open connection: events happen, nothing arrives. */
  silent: boolean;
}

interface Rule {
  readonly matches: (request: ApiRequest) => boolean;
  readonly fault: Fault;
  left: number;
}

/**
 * An API server over objects in memory that can be told to misbehave. Plain HTTP, so that connections can be counted;
 * clients reach it with `kubeconfig()`.
 */
export class FaultApiServer {
  readonly objects: ApiObjects = new ApiObjects();
  /** Every request, in order of arrival. */
  readonly requests: ApiRequest[] = [];
  /** Connections accepted so far. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #watches = new Set<Watch>();
  readonly #waiting = new Set<() => void>();
  readonly #hanging = new Set<ServerResponse>();
  #rules: Rule[] = [];

  private constructor() {
    this.#server = createServer((incoming, response) => void this.#serve(incoming, response));
    this.#server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.objects.onEvent((event) => {
      for (const watch of this.#watches) if (watch.request.collection === event.collection) this.#send(watch, event.type, event.object);
      this.#changed();
    });
  }

  static async start(): Promise<FaultApiServer> {
    const fake = new FaultApiServer();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  /** Ends everything, open watches included. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  kubeconfig(): string {
    const cluster = { server: this.url(), 'insecure-skip-tls-verify': true };
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'fake', cluster }],
      users: [{ name: 'tester', user: { token: 'test-token' } }],
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'tester' } }],
      'current-context': 'fake',
    });
  }

  /** The next `times` requests that match get the fault. */
  fault(matches: (request: ApiRequest) => boolean, fault: Fault, times = 1): void {
    this.#rules.push({ matches, fault, left: times });
  }

  clearFaults(): void {
    this.#rules = [];
  }

  /** Resolves as soon as `condition` holds; it is looked at after every request, event and end of a watch. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Requests of one verb for one collection. */
  count(verb: ApiRequest['verb'], collection?: string): number {
    return this.requests.filter((request) => request.verb === verb && (collection === undefined || request.collection === collection))
      .length;
  }

  openWatches(): number {
    return this.#watches.size;
  }

  /** Requests that wait for an answer they will never get. */
  hanging(): number {
    return this.#hanging.size;
  }

  openConnections(): number {
    return this.#sockets.size;
  }

  bookmark(): void {
    for (const watch of this.#watches)
      this.#send(watch, 'BOOKMARK', { metadata: { name: '', resourceVersion: String(this.objects.revision()) } });
  }

  /** Ends all watches in good order, or by cutting their connections. */
  endWatches(how: 'close' | 'reset'): void {
    for (const { response } of this.#watches) {
      if (how === 'close') response.end();
      else response.destroy();
    }
  }

  /** From now on nothing arrives on the open watches, though their connections stay. */
  silenceWatches(): void {
    for (const watch of this.#watches) watch.silent = true;
  }

  /** Sends bytes as they are on all open watches. */
  sendRaw(text: string): void {
    for (const { response } of this.#watches) response.write(text);
  }

  async #serve(incoming: Parameters<typeof readApiRequest>[0], response: ServerResponse): Promise<void> {
    const request = await readApiRequest(incoming);
    if (request === undefined) {
      respond(response, failure(404, 'NotFound', 'no such path'));
      return;
    }
    this.requests.push(request);
    const rule = this.#rules.find((candidate) => candidate.left > 0 && candidate.matches(request));
    if (rule !== undefined) {
      rule.left -= 1;
      this.#applyFault(rule.fault, response);
    } else if (request.verb === 'watch') this.#beginWatch(request, response);
    else respond(response, answerVerb(this.objects, request));
    this.#changed();
  }

  #applyFault(fault: Fault, response: ServerResponse): void {
    if (fault.type === 'hang') {
      this.#hanging.add(response);
      response.on('close', () => this.#hanging.delete(response));
    } else answerFault(fault, response);
  }

  #beginWatch(request: ApiRequest, response: ServerResponse): void {
    const watch: Watch = { request, response, silent: false };
    const missed = this.objects.since(Number(request.query.get('resourceVersion')));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (missed === undefined) {
      response.end(errorLine(410, 'Expired', {}));
      return;
    }
    this.#watches.add(watch);
    response.on('close', () => {
      this.#watches.delete(watch);
      this.#changed();
    });
    for (const event of missed) if (event.collection === request.collection) this.#send(watch, event.type, event.object);
  }

  #send(watch: Watch, type: string, object: ApiObject): void {
    if (watch.silent || (type !== 'BOOKMARK' && !isSelected(object, watch.request))) return;
    watch.response.write(`${JSON.stringify({ type, object: shape(object, watch.request) })}\n`);
  }

  #changed(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

function answerFault(fault: Exclude<Fault, { type: 'hang' }>, response: ServerResponse): void {
  switch (fault.type) {
    case 'status':
      respond(response, failure(fault.status, fault.reason, `injected ${fault.reason}`), fault.headers);
      return;
    case 'raw':
      response.writeHead(fault.status).end(fault.text);
      return;
    case 'reset':
      response.destroy();
      return;
    case 'error-event':
      response.writeHead(200).end(errorLine(fault.status, fault.reason, { retryAfterSeconds: fault.retryAfterSeconds }));
      return;
    case 'close':
      response.writeHead(200).end();
  }
}

function errorLine(status: number, reason: string, details: object): string {
  return `${JSON.stringify({ type: 'ERROR', object: failure(status, reason, `injected ${reason}`, details).body })}\n`;
}

function respond(response: ServerResponse, answer: ApiAnswer, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(answer.status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(answer.body));
}
