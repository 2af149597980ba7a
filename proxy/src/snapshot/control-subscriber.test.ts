import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AckFrame,
  CONTRACT_VERSION,
  type DownFrame,
  type HelloFrame,
  type ResourceBody,
  tableHash,
  type UpdateFrame,
} from '@headgate/crds';
import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../support/clock.ts';
import { ControlClient } from './control-client.ts';
import { ControlSubscriber, type SubscriberLimits } from './control-subscriber.ts';
import { sampleDeps } from './sample-snapshot.ts';
import { samplePolicy, sampleProvider, sampleResources } from './sample-table.ts';
import { TableStore } from './table-store.ts';

const first = samplePolicy('first', []);
const second = samplePolicy('second', []);

/** An operator that does exactly what the test says. */
class FakeOperator {
  readonly hellos: HelloFrame[] = [];
  readonly acks: AckFrame[] = [];
  helloStatus = 200;
  onStream: (stream: ServerResponse, nth: number) => void = () => {};
  #streams = 0;
  #changed = Promise.withResolvers<void>();
  readonly server: Server = createServer((request, response) => void this.#handle(request, response));

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.#changed.promise;
  }

  notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      this.onStream(response, this.#streams);
      this.#streams += 1;
    } else {
      const frame = JSON.parse(await textOf(request)) as HelloFrame | AckFrame;
      if (frame.type === 'ack') this.acks.push(frame);
      else this.hellos.push(frame);
      response.statusCode = frame.type === 'hello' ? this.helloStatus : 200;
      response.end('{}');
    }
    this.notify();
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

function frame(revision: number, base: number, bodies: readonly ResourceBody[], table: readonly ResourceBody[] = bodies): UpdateFrame {
  const hashes = new Map([...sampleResources(table)].map(([key, { hash }]) => [key, hash]));
  return {
    type: 'update',
    contractVersion: CONTRACT_VERSION,
    revision,
    base,
    upserts: Object.fromEntries(sampleResources(bodies)),
    deletes: [],
    tableHash: tableHash(hashes),
    emptyConfirmed: false,
  };
}

function send(stream: ServerResponse, ...frames: readonly (DownFrame | object)[]): void {
  for (const line of frames) stream.write(`${JSON.stringify(line)}\n`);
}

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Setup {
  readonly operator: FakeOperator;
  readonly store: TableStore;
  readonly subscriber: ControlSubscriber;
  readonly events: string[];
}

async function setUp(limits: Partial<SubscriberLimits> = {}): Promise<Setup> {
  const operator = new FakeOperator();
  const url = await operator.listen();
  const store = new TableStore(sampleDeps());
  const events: string[] = [];
  const note = (event: string): void => {
    events.push(event);
    operator.notify();
  };
  const subscriber = new ControlSubscriber(
    {
      client: new ControlClient({ url, proxyId: 'proxy-a' }),
      store,
      clock: systemClock,
      random: () => 0,
      version: '1.2.3',
      dialects: ['openai-chat'],
      listener: {
        onConnected: () => note('connected'),
        onDisconnected: (reason) => note(`disconnected: ${reason}`),
        onUpdate: (outcome) => note(outcome.type === 'refused' ? `refused: ${outcome.reason}` : `applied ${outcome.snapshot.revision}`),
      },
    },
    limits,
  );
  cleanups.push(async () => {
    await subscriber.stop();
    store.close();
    operator.server.closeAllConnections();
    operator.server.close();
  });
  return { operator, store, subscriber, events };
}

describe('ControlSubscriber', () => {
  test('says hello with what it is and holds, applies the table, acknowledges it', async () => {
    const { operator, store, subscriber } = await setUp();
    operator.onStream = (stream) => send(stream, frame(7, 0, [first]));
    subscriber.start();
    expect(await subscriber.firstOutcome).toBe('applied');
    await operator.until(() => operator.acks.length === 1);
    expect(operator.hellos[0]).toEqual({
      type: 'hello',
      proxyId: 'proxy-a',
      version: '1.2.3',
      contractVersion: CONTRACT_VERSION,
      dialects: ['openai-chat'],
      heldRevision: 0,
      heldHashes: {},
    });
    expect(operator.acks).toEqual([{ type: 'ack', proxyId: 'proxy-a', revision: 7, rejected: [] }]);
    expect(store.current?.revision).toBe(7);
    expect(subscriber.freshness.connected).toBe(true);
    expect(subscriber.freshness.lastFrameAtMs).toBeGreaterThan(0);
  });

  test('a frame cut into single bytes, heartbeats and frames it does not know are all fine', async () => {
    const { operator, store, subscriber, events } = await setUp();
    operator.onStream = (stream) => {
      const text = [{ type: 'heartbeat', revision: 7 }, { type: 'weather', mood: 'sunny' }, frame(7, 0, [first])]
        .map((f) => `${JSON.stringify(f)}\n`)
        .join('\n');
      for (const byte of Buffer.from(text)) stream.write(Buffer.of(byte));
    };
    subscriber.start();
    await operator.until(() => operator.acks.length === 1);
    expect(store.current?.revision).toBe(7);
    expect(events).toEqual(['applied 7', 'connected']);
  });

  test('a stream that ends is opened again, with the held table in the hello, and nothing stops serving meanwhile', async () => {
    const { operator, store, subscriber } = await setUp();
    operator.onStream = (stream, nth) => {
      if (nth === 0) {
        send(stream, frame(7, 0, [first]));
        void operator.until(() => operator.acks.length === 1).then(() => stream.end());
      } else send(stream, frame(8, 7, [second], [first, second]));
    };
    subscriber.start();
    await operator.until(() => operator.acks.length === 2);
    expect(operator.hellos[1]).toMatchObject({
      heldRevision: 7,
      heldHashes: Object.fromEntries([...sampleResources([first])].map(([key, { hash }]) => [key, hash])),
    });
    expect(store.current?.policies.size).toBe(2);
  });

  test('while the operator is away the table stays and is told to be stale', async () => {
    const { operator, store, subscriber, events } = await setUp();
    operator.onStream = (stream) => {
      send(stream, frame(7, 0, [first]));
      void operator.until(() => operator.acks.length === 1).then(() => operator.server.close());
      void operator.until(() => operator.acks.length === 1).then(() => stream.destroy());
    };
    subscriber.start();
    await operator.until(() => events.some((event) => event.startsWith('disconnected')));
    expect(subscriber.freshness.connected).toBe(false);
    expect(store.current?.revision).toBe(7);
  });

  test('an update that does not fit is refused; the next hello asks for everything', async () => {
    const { operator, store, subscriber, events } = await setUp();
    operator.onStream = (stream, nth) => {
      if (nth === 0) send(stream, frame(7, 0, [first]));
      if (nth === 0)
        void operator
          .until(() => operator.acks.length === 1)
          .then(() => send(stream, { ...frame(8, 7, [second]), tableHash: '0'.repeat(64) }));
      if (nth === 1) send(stream, frame(8, 0, [first, second]));
    };
    subscriber.start();
    await operator.until(() => operator.acks.length === 2);
    expect(operator.hellos[1]).toMatchObject({ heldRevision: 0, heldHashes: {} });
    expect(operator.acks.map(({ revision }) => revision)).toEqual([7, 8]);
    expect(store.current?.policies.size).toBe(2);
    expect(events.filter((event) => event.startsWith('refused'))).toHaveLength(1);
  });

  test('a refused resource is in the ack, under the hash of the refused form', async () => {
    const { operator, subscriber } = await setUp();
    const bad = sampleProvider('bad', { headers: [{ name: 'x', value: '\n' }] });
    operator.onStream = (stream) => send(stream, frame(7, 0, [first, bad]));
    subscriber.start();
    await operator.until(() => operator.acks.length === 1);
    const [resource] = sampleResources([bad]).values();
    expect(operator.acks[0]?.rejected).toEqual([
      { key: 'provider/team/bad', hash: resource?.hash, reason: expect.stringContaining('header') },
    ]);
  });

  test('a full table that leaves an older form alive is followed by a hello that says so', async () => {
    const { operator, store, subscriber } = await setUp();
    const good = sampleProvider('p');
    const bad = sampleProvider('p', { generation: 2, headers: [{ name: 'x', value: '\n' }] });
    store.apply(frame(5, 0, [first, good]), true);
    operator.onStream = (stream, nth) => {
      if (nth === 0) send(stream, frame(7, 0, [first, bad]));
    };
    subscriber.start();
    await operator.until(() => operator.hellos.length === 2);
    const [held] = sampleResources([good]).values();
    expect(operator.hellos[1]?.heldHashes['provider/team/p']).toBe(held?.hash);
    expect(operator.hellos[1]?.heldRevision).toBe(7);
  });

  test.each([
    ['not JSON', 'nonsense\n', /not JSON/],
    ['no frame', '{"type":"update"}\n', /frame is invalid/],
    ['a line without end', 'x'.repeat(5_000), /exceeds 4000 bytes/],
  ])('a stream with %s is dropped and opened again', async (_, text, reason) => {
    const { operator, subscriber, events } = await setUp({ maxLineBytes: 4_000 });
    operator.onStream = (stream, nth) => {
      if (nth === 0) stream.write(text);
      else send(stream, frame(7, 0, [first]));
    };
    subscriber.start();
    await operator.until(() => operator.acks.length === 1);
    expect(events[0]).toMatch(reason);
  });

  test('a connection that went silent is noticed and opened again', async () => {
    const { operator, subscriber, events } = await setUp({ silenceMs: 50 });
    operator.onStream = (stream, nth) => {
      if (nth === 0) stream.writeHead(200).flushHeaders();
      else send(stream, frame(7, 0, [first]));
    };
    subscriber.start();
    await operator.until(() => operator.acks.length === 1);
    expect(events[0]).toBe('disconnected: nothing heard for 50 ms');
  });

  test('an operator that refuses the hello is asked again, and the cold start need not wait for it', async () => {
    const { operator, subscriber, events } = await setUp();
    operator.helloStatus = 503;
    operator.onStream = (stream) => send(stream, frame(7, 0, [first]));
    subscriber.start();
    expect(await subscriber.firstOutcome).toBe('failed');
    await operator.until(() => operator.hellos.length === 3);
    operator.helloStatus = 200;
    await operator.until(() => operator.acks.length === 1);
    expect(events[0]).toMatch(/^disconnected: the operator answered 503/);
  });

  test('stops at once, also in the middle of a wait', async () => {
    const { operator, subscriber } = await setUp();
    operator.helloStatus = 503;
    subscriber.start();
    await operator.until(() => operator.hellos.length === 2);
    await subscriber.stop();
    const hellos = operator.hellos.length;
    await subscriber.stop();
    expect(operator.hellos.length).toBe(hellos);
  });
});
