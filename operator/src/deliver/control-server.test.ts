import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import type { DownFrame, UpdateFrame } from '@headgate/crds';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../support/clock.ts';
import { silentLogger } from '../support/logger.ts';
import { staticTokenAuthenticator } from './authenticate-proxy.ts';
import { type CertifiedKey, issueAuthority, issueLeaf } from './certificate-issuer.ts';
import { ControlServer } from './control-server.ts';
import { LastGood } from './last-good.ts';
import { helloOf, policyBody, resourcesOf } from './table-fixtures.ts';
import { type PublishedTable, TablePublisher } from './table-publisher.ts';

const TOKEN = 'secret-token';
const authority = await issueAuthority(Date.now());
const leaf = await issueLeaf(authority, ['127.0.0.1', 'localhost'], Date.now());

/** Reads the frames of one stream in order. */
class Stream {
  readonly response: IncomingMessage;
  readonly #lines: AsyncIterator<string>;

  constructor(response: IncomingMessage) {
    this.response = response;
    this.#lines = createInterface({ input: response })[Symbol.asyncIterator]();
  }

  async next(): Promise<DownFrame | undefined> {
    const line = await this.#lines.next();
    return line.done === true ? undefined : JSON.parse(line.value);
  }

  async nextUpdate(): Promise<UpdateFrame> {
    for (;;) {
      const frame = await this.next();
      if (frame === undefined) throw new Error('the stream ended');
      if (frame.type === 'update') return frame;
    }
  }
}

describe('ControlServer', () => {
  let server: ControlServer;
  let publisher: TablePublisher;
  let leads = true;
  let port = 0;
  let agent: Agent;
  const converged: PublishedTable[] = [];
  const acks: [string, number][] = [];

  beforeEach(async () => {
    const lastGood = new LastGood();
    publisher = new TablePublisher(lastGood);
    converged.length = 0;
    acks.length = 0;
    leads = true;
    agent = new Agent({ ca: authority.certPem, keepAlive: false });
    server = new ControlServer({
      publisher,
      lastGood,
      authenticator: staticTokenAuthenticator(TOKEN),
      clock: systemClock,
      log: silentLogger,
      isLeader: () => leads,
      listeners: {
        onJoined: () => undefined,
        onAck: (proxyId, revision) => acks.push([proxyId, revision]),
        onReport: () => undefined,
        onGone: () => undefined,
        onConverged: (table) => converged.push(table),
      },
    });
    port = await server.listen(0, '127.0.0.1', leaf);
    publisher.lead(1, { revision: 0, resources: new Map() });
    server.lead();
    publish(1);
  });

  afterEach(async () => {
    agent.destroy();
    await server.close();
  });

  const publish = (generation: number): void => {
    publisher.publish({ resources: resourcesOf(policyBody('a', generation)), term: 1, changedAtMs: 0 });
  };
  const call = async (method: string, path: string, body?: string, token = TOKEN): Promise<IncomingMessage> => {
    const outgoing = request({ host: '127.0.0.1', port, path, method, agent, headers: { authorization: `Bearer ${token}` } });
    outgoing.end(body);
    const [response] = await once(outgoing, 'response');
    return response;
  };
  const textOf = async (response: IncomingMessage): Promise<string> => {
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return text;
  };
  const report = async (frame: object, token?: string): Promise<number> => {
    const response = await call('POST', '/control/v1/reports', JSON.stringify(frame), token);
    await textOf(response);
    return response.statusCode ?? 0;
  };
  const open = async (proxyId: string, hello: object = helloOf(proxyId)): Promise<Stream> => {
    expect(await report(hello)).toBe(200);
    const response = await call('GET', `/control/v1/updates?proxyId=${proxyId}`);
    expect(response.statusCode).toBe(200);
    return new Stream(response);
  };
  const ack = (proxyId: string, revision: number, rejected: object[] = []) => report({ type: 'ack', proxyId, revision, rejected });

  test('streams the table, then deltas, each after the ack of the one before', async () => {
    const stream = await open('p1');
    const first = await stream.nextUpdate();
    expect(first).toMatchObject({ base: 0, revision: 100_000_001 });
    expect(await ack('p1', first.revision)).toBe(200);
    publish(2);
    const second = await stream.nextUpdate();
    expect(second).toMatchObject({ base: first.revision, revision: 100_000_002 });
    expect(await ack('p1', second.revision)).toBe(200);
    expect(acks).toEqual([
      ['p1', 100_000_001],
      ['p1', 100_000_002],
    ]);
    expect(converged.map((table) => table.revision)).toEqual([100_000_001, 100_000_002]);
  });

  test('answers 401 without the right token and 404 elsewhere', async () => {
    expect(await report(helloOf('p1'), 'wrong')).toBe(401);
    const response = await call('GET', '/control/v1/updates?proxyId=p1', undefined, 'wrong');
    expect(response.statusCode).toBe(401);
    response.resume();
    const elsewhere = await call('GET', '/metrics');
    expect(elsewhere.statusCode).toBe(404);
    elsewhere.resume();
  });

  test('answers 503 with retry-after while it does not lead', async () => {
    server.resign();
    const response = await call('POST', '/control/v1/reports', JSON.stringify(helloOf('p1')));
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
    response.resume();
  });

  test('answers 503 until there is a table, so that a fresh replica cannot wipe proxies', async () => {
    publisher.resign();
    publisher.lead(2, { revision: 0, resources: new Map() });
    expect(await report(helloOf('p1'))).toBe(503);
  });

  test('wants a hello before each stream', async () => {
    const without = await call('GET', '/control/v1/updates?proxyId=p1');
    expect(without.statusCode).toBe(409);
    expect(await textOf(without)).toContain('hello first');
    await open('p1');
    const again = await call('GET', '/control/v1/updates?proxyId=p1');
    expect(again.statusCode).toBe(409);
    again.resume();
  });

  test.each([
    ['not JSON', '{', 400],
    ['an unknown frame', '{"type":"gossip"}', 400],
    ['a hello of another contract', JSON.stringify({ ...helloOf('p1'), contractVersion: 2 }), 400],
    ['too much', `"${'x'.repeat(17 * 1024 * 1024)}"`, 413],
  ])('refuses %s with a reason', async (_what, body, status) => {
    const response = await call('POST', '/control/v1/reports', body).catch((error: NodeJS.ErrnoException) => error.code);
    // The server stops reading beyond the limit, so the client may see the reset before the answer.
    if (typeof response === 'string') expect(status).toBe(413);
    else expect(response?.statusCode).toBe(status);
  });

  test('ends every stream at once when leadership is lost', async () => {
    const stream = await open('p1');
    await stream.nextUpdate();
    server.resign();
    for (let frame = await stream.next(); frame !== undefined; frame = await stream.next()) expect(frame.type).toBe('fleet');
    expect(server.proxies()).toEqual([]);
  });

  test('numbers itself above what proxies hold when it leads, and refuses them when it does not', async () => {
    leads = false;
    expect(await report({ ...helloOf('p1'), heldRevision: 900_000_000 })).toBe(503);
    leads = true;
    const stream = await open('p1', { ...helloOf('p1'), heldRevision: 900_000_000, heldHashes: { 'policy/default/a': 'old' } });
    expect((await stream.nextUpdate()).revision).toBe(900_000_001);
  });

  test('never gives a new proxy what another one refused', async () => {
    const first = await open('p1');
    const table = await first.nextUpdate();
    await ack('p1', table.revision);
    publish(2);
    const update = await first.nextUpdate();
    const hash = update.upserts['policy/default/a']?.hash ?? '';
    await ack('p1', update.revision, [{ key: 'policy/default/a', hash, reason: 'no' }]);
    const second = await open('p2');
    const whole = await second.nextUpdate();
    expect(whole.upserts['policy/default/a']?.body).toMatchObject({ generation: 1 });
  });

  test('lists proxies with what they acknowledged', async () => {
    const stream = await open('p1');
    const update = await stream.nextUpdate();
    await ack('p1', update.revision);
    expect(server.proxies()).toEqual([{ proxyId: 'p1', version: '0.1.0', connected: true, ackedRevision: update.revision }]);
  });

  test('presents a renewed leaf to new connections without a restart', async () => {
    const serialOf = async (): Promise<string> => {
      const response = await call('GET', '/');
      response.resume();
      const socket = response.socket;
      return 'getPeerX509Certificate' in socket && typeof socket.getPeerX509Certificate === 'function'
        ? String(socket.getPeerX509Certificate().serialNumber)
        : '';
    };
    const before = await serialOf();
    const renewed: CertifiedKey = await issueLeaf(authority, ['127.0.0.1'], Date.now());
    server.renew(renewed);
    expect(await serialOf()).not.toBe(before);
  });
});
