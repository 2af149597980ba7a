import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from './json.ts';
import type { StreamSink } from './pace-stream.ts';

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The whole body as text, or undefined when it is larger than 64 MiB or the caller went away. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function sendJson(response: ServerResponse, status: number, body: JsonObject, headers: Readonly<Record<string, string>> = {}): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Promises the whole body, sends half of it and destroys the socket. */
export async function sendHalfJson(response: ServerResponse, body: JsonObject): Promise<void> {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  await new Promise<void>((resolve) => {
    response.write(text.slice(0, text.length / 2), () => resolve());
  });
  response.destroy();
}

/** The pauses of one answer end when its caller goes away. */
export function streamSink(response: ServerResponse): StreamSink {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  return {
    write: (frame) =>
      new Promise((resolve) => {
        if (gone.signal.aborted || response.write(frame)) return resolve();
        gone.signal.addEventListener('abort', () => resolve(), { once: true });
        response.once('drain', () => resolve());
      }),
    end: () => response.end(),
    destroy: () => response.socket?.destroySoon(),
    pause: (ms) => sleep(ms, undefined, { signal: gone.signal }).catch(() => undefined),
    isGone: () => gone.signal.aborted,
  };
}
