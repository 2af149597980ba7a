import type { IncomingMessage } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { RealtimeUpstream } from '../fakes/realtime-upstream.ts';
import { CALLER_KEY, policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';

/** Realtime sessions with the official client: passed through frame by frame, metered, and never left behind. */

const MAX_ABORT_MS = 100;
const DONE = {
  event_id: 'e',
  type: 'response.done',
  response: { usage: { input_tokens: 10, output_tokens: 5, input_token_details: { cached_tokens: 4 } } },
};

let upstream: RealtimeUpstream;
let proxy: ProxyUnderTest;

beforeEach(async () => {
  upstream = await RealtimeUpstream.start();
  proxy = await ProxyUnderTest.start(
    tableOf(
      providerResource('openai', [upstream.url]),
      providerResource('claude', [upstream.url], { dialect: 'anthropic-messages' }),
      policyResource('assistant', [targetOf('claude'), targetOf('openai')]),
      policyResource('claude-only', [targetOf('claude')]),
    ),
  );
});

afterEach(async () => {
  await proxy.close();
  await upstream.close();
});

/** The official client insists on `wss:`; the proxy under test has no certificate. */
class PlainAgent extends Agent {
  override createConnection({ port, host }: AgentOptions & { readonly port?: number; readonly host?: string }): Socket {
    return connect(Number(port), host);
  }
}

/** A session of the official client; `events` gathers the types of what arrives. */
async function open(model = 'assistant'): Promise<{ readonly session: OpenAIRealtimeWS; readonly events: string[] }> {
  const client = new OpenAI({ apiKey: CALLER_KEY, baseURL: `${proxy.url}/v1` });
  const session = new OpenAIRealtimeWS({ model, options: { agent: new PlainAgent() } }, client);
  const events: string[] = [];
  session.on('event', ({ type }) => void events.push(type));
  session.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    session.socket.once('open', () => resolve());
    session.socket.once('error', reject);
  });
  return { session, events };
}

/** Status and body of a handshake that is not accepted. */
async function refused(
  path: string,
  headers: Readonly<Record<string, string>> = { authorization: `Bearer ${CALLER_KEY}` },
): Promise<Response> {
  return fetch(`${proxy.url}${path}`, { headers });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a session', () => {
  test('goes to the target of the policy that has them, under its name and with its key', async () => {
    const { session } = await open();
    const { url, headers } = upstream.last.request;
    expect(url).toBe('/v1/realtime?model=upstream-model');
    expect(headers.authorization).toBe('Bearer key-of-openai');
    expect(JSON.stringify(headers)).not.toContain(CALLER_KEY);
    expect(headers['sec-websocket-extensions']).toBeUndefined();
    session.close();
  });

  test('frames pass both ways, and what responses used is booked at the end', async () => {
    upstream.onMessage = (_text, { send }) => send(JSON.stringify(DONE));
    const { session, events } = await open();
    session.send({ type: 'response.create' });
    session.send({ type: 'response.create' });
    await until(() => events.length === 2);
    expect(events).toEqual(['response.done', 'response.done']);
    expect(upstream.last.received).toEqual(['{"type":"response.create"}', '{"type":"response.create"}']);
    session.close();
    const [line] = await proxy.accessLines(1);
    expect(line).toMatchObject({
      operation: 'realtime',
      model: 'assistant',
      outcome: 'answered',
      status: 101,
      inputTokens: 12,
      cacheReadTokens: 8,
      outputTokens: 10,
    });
    expect(await proxy.metric('headgate_cost_usd_total')).toBeGreaterThan(0);
  });

  test(`a caller that vanishes ends the provider's side within ${MAX_ABORT_MS} ms, and is no longer in flight`, async () => {
    let bestMs = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 5 && bestMs >= MAX_ABORT_MS; tries++) {
      const { session } = await open();
      expect(proxy.proxy.inFlight).toBe(1);
      const leftAtMs = performance.now();
      session.socket.terminate();
      bestMs = Math.min(bestMs, (await upstream.last.closed) - leftAtMs);
      await proxy.idle();
    }
    expect(bestMs).toBeLessThan(MAX_ABORT_MS);
    for (const { signals } of proxy.endpoints()) expect(signals.inFlight).toBe(0);
  });

  test("a provider that vanishes ends the caller's side", async () => {
    const { session } = await open();
    const closed = new Promise<void>((resolve) => session.socket.once('close', () => resolve()));
    upstream.last.end();
    await closed;
    await proxy.idle();
  });

  test('a proxy that shuts down says so in a close frame', async () => {
    const { session } = await open();
    const closed = new Promise<number>((resolve) => session.socket.once('close', resolve));
    await proxy.close();
    expect(await closed).toBe(1001);
    await upstream.last.closed;
  });
});

describe('no session', () => {
  test("without a key, with an unknown one, or for a model that is not the caller's", async () => {
    const client = new OpenAI({ apiKey: 'unknown', baseURL: `${proxy.url}/v1` });
    const session = new OpenAIRealtimeWS({ model: 'assistant', options: { agent: new PlainAgent() } }, client);
    session.on('error', () => {});
    const error = await new Promise<Error>((resolve) => session.socket.once('error', resolve));
    expect(error.message).toContain('401');
    await expect(open('nothing')).rejects.toThrow('404');
    expect(upstream.sessions).toEqual([]);
  });

  test('where no target offers them', async () => {
    await expect(open('claude-only')).rejects.toThrow('503');
    expect(upstream.sessions).toEqual([]);
  });

  test("a provider's refusal is told in the caller's shape, without the provider's headers", async () => {
    const body = JSON.stringify({ error: { message: 'no such model', type: 'invalid_request_error', code: 'model_not_found' } });
    upstream.refusal = `HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\nx-secret: 1\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const client = new OpenAI({ apiKey: CALLER_KEY, baseURL: `${proxy.url}/v1` });
    const session = new OpenAIRealtimeWS({ model: 'assistant', options: { agent: new PlainAgent() } }, client);
    session.on('error', () => {});
    const answer = await new Promise<IncomingMessage>((resolve) => {
      session.socket.once('unexpected-response', (_request: unknown, response: IncomingMessage) => resolve(response));
    });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(Object.keys(answer.headers)).not.toContain('x-secret');
    await proxy.idle();
    for (const { signals } of proxy.endpoints()) expect(signals.inFlight).toBe(0);
  });

  test('at a target that refuses: the next one has it, and nothing that was sent early is lost or doubled', async () => {
    const refusing = await RealtimeUpstream.start();
    refusing.refusal = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n';
    const failingOver = await ProxyUnderTest.start(
      tableOf(
        providerResource('first', [refusing.url]),
        providerResource('second', [upstream.url]),
        policyResource('assistant', [targetOf('first'), targetOf('second')]),
      ),
    );
    const caller = connect(failingOver.proxy.dataPort, '127.0.0.1');
    const early = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
    const head = `GET /v1/realtime?model=assistant HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${CALLER_KEY}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
    caller.write(Buffer.concat([Buffer.from(head), early]));
    await until(() => upstream.sessions[0]?.received.length === 1);
    expect(upstream.last.request.headers.authorization).toBe('Bearer key-of-second');
    expect(upstream.last.received).toEqual(['hi']);
    caller.destroy();
    const [line] = await failingOver.accessLines(1);
    expect(line).toMatchObject({ outcome: 'answered', attempts: [{ status: 503 }, { outcome: 'completed' }] });
    await failingOver.close();
    await refusing.close();
  });

  test('for a provider that is not there', async () => {
    await upstream.close();
    await expect(open()).rejects.toThrow('502');
    await proxy.idle();
    upstream = await RealtimeUpstream.start();
  });

  test('for plain HTTP, or a protocol other than WebSocket at any path', async () => {
    const plain = await refused('/v1/realtime?model=assistant');
    expect([plain.status, await plain.text()]).toEqual([400, expect.stringContaining('is a WebSocket')]);
    expect((await refused('/v1/realtimes')).status).toBe(404);
  });
});
