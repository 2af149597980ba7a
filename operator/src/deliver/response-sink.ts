import type { ServerResponse } from 'node:http';
import type { FrameSink } from './proxy-session.ts';

/** The response to `GET /control/v1/updates` as the down stream of a session. */
export class ResponseSink implements FrameSink {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    response.flushHeaders();
  }

  write(line: Buffer | string): boolean {
    return this.#response.write(line);
  }

  onDrain(listener: () => void): void {
    this.#response.on('drain', listener);
  }

  end(): void {
    this.#response.end();
  }
}
