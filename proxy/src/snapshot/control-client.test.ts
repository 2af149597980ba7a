import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AckFrame } from '@headgate/crds';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ControlAddress, ControlClient } from './control-client.ts';

/** For localhost and 127.0.0.1, signed by itself, valid from 2020 to 2120; used by tests only. */
const CERTIFICATE = readFileSync(join(import.meta.dirname, 'fixtures/localhost.crt'), 'utf8');
const KEY = readFileSync(join(import.meta.dirname, 'fixtures/localhost.key'), 'utf8');
const ACK: AckFrame = { type: 'ack', proxyId: 'proxy-a', revision: 1, rejected: [] };

let folder: string;
let server: Server | undefined;
let client: ControlClient | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-control-'));
  await writeFile(join(folder, 'ca.crt'), CERTIFICATE);
  await writeFile(join(folder, 'token'), 'token-1\n');
});

afterEach(async () => {
  await client?.reset();
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the pod mounts. */
function mounted(): { readonly caFile: string; readonly tokenFile: string } {
  return { caFile: join(folder, 'ca.crt'), tokenFile: join(folder, 'token') };
}

async function connect(listener: RequestListener, files: Pick<ControlAddress, 'caFile' | 'tokenFile'> = mounted()): Promise<ControlClient> {
  server = createServer({ cert: CERTIFICATE, key: KEY }, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  client = new ControlClient({ url: `https://127.0.0.1:${port}`, proxyId: 'proxy-a', ...files });
  return client;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

describe('ControlClient', () => {
  test('posts a frame as JSON with the token, over TLS checked against the CA file', async () => {
    const seen: unknown[] = [];
    const posting = await connect((request, response) => {
      void bodyOf(request).then((body) => {
        seen.push(request.method, request.url, request.headers.authorization, JSON.parse(body));
        response.end('{}');
      });
    });
    expect(await posting.post(ACK)).toEqual({ type: 'ok' });
    expect(seen).toEqual(['POST', '/control/v1/reports', 'Bearer token-1', ACK]);
  });

  test('reads the token anew for every request: the kubelet rotates it', async () => {
    const tokens: (string | undefined)[] = [];
    const posting = await connect((request, response) => {
      tokens.push(request.headers.authorization);
      response.end('{}');
    });
    await posting.post(ACK);
    await writeFile(join(folder, 'token'), 'token-2');
    await posting.post(ACK);
    expect(tokens).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  test('an operator with another certificate is not spoken to', async () => {
    let asked = 0;
    const answer: RequestListener = (_request, response) => {
      asked += 1;
      response.end('{}');
    };
    const posting = await connect(answer, { tokenFile: mounted().tokenFile });
    expect(await posting.post(ACK)).toMatchObject({ type: 'failed', reason: expect.stringMatching(/SELF_SIGNED|self-signed/i) });
    expect(asked).toBe(0);
  });

  test('a refusal carries the status and the operator’s words', async () => {
    const posting = await connect((_request, response) => {
      response.statusCode = 409;
      response.end('{"error":"hello first"}');
    });
    expect(await posting.post(ACK)).toEqual({ type: 'failed', status: 409, reason: 'the operator answered 409: {"error":"hello first"}' });
    const updates = await posting.openUpdates(new AbortController().signal);
    expect(updates).toMatchObject({ type: 'failed', status: 409 });
  });

  test('nobody there, or no token to show, is a value and not an exception', async () => {
    const posting = new ControlClient({ url: 'http://127.0.0.1:1', proxyId: 'p' });
    expect(await posting.post(ACK)).toMatchObject({ type: 'failed', reason: expect.stringContaining('ECONNREFUSED') });
    const tokenless = await connect((_request, response) => response.end('{}'), { ...mounted(), tokenFile: join(folder, 'none') });
    expect(await tokenless.post(ACK)).toMatchObject({ type: 'failed', reason: expect.stringContaining('ENOENT') });
    await posting.reset();
  });

  test('the stream of updates names the proxy and ends when told to', async () => {
    const gone = Promise.withResolvers<void>();
    const reading = await connect((request, response) => {
      expect(request.url).toBe('/control/v1/updates?proxyId=proxy-a');
      response.on('close', () => gone.resolve());
      response.write('{"type":"heartbeat","revision":1}\n');
    });
    const stop = new AbortController();
    const updates = await reading.openUpdates(stop.signal);
    if (updates.type !== 'open') throw new Error(updates.reason);
    const read = async (): Promise<void> => {
      for await (const chunk of updates.body) {
        expect(Buffer.from(chunk).toString()).toContain('heartbeat');
        stop.abort();
      }
    };
    await expect(read()).rejects.toThrow();
    await gone.promise;
  });
});
