// Entry: the floor. node:http in front, undici dispatch behind, copied bytes, back-pressure, nothing else.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Dispatcher, Pool } from 'undici';

const [, , port, upstreamPort] = process.argv;
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
const headers = ['content-type', 'application/json', 'authorization', 'Bearer bench'];

class PassThrough implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#response.on('close', () => {
      if (!this.#response.writableFinished) controller.abort(new Error('client gone'));
    });
    this.#response.on('drain', () => controller.resume());
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, head: Record<string, string | string[] | undefined>): void {
    const type = head['content-type'];
    const length = head['content-length'];
    const flat = ['content-type', typeof type === 'string' ? type : 'application/json'];
    if (typeof length === 'string') flat.push('content-length', length);
    this.#response.writeHead(status, flat);
  }

  onResponseData(controller: Dispatcher.DispatchController, data: Buffer): void {
    if (!this.#response.write(data)) controller.pause();
  }

  onResponseEnd(): void {
    this.#response.end();
  }

  onResponseError(): void {
    this.#response.destroy();
  }
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const pieces: Buffer[] = [];
  request.on('data', (data: Buffer) => pieces.push(data));
  request.on('end', () => {
    const body = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    pool.dispatch({ path: request.url ?? '/', method: 'POST', headers, body: body ?? null }, new PassThrough(response));
  });
}

createServer({ noDelay: true, keepAliveTimeout: 75_000 }, serve).listen(Number(port), '127.0.0.1', 4096);
