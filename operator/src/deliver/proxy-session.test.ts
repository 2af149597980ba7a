import { type AckFrame, tableHash, type UpdateFrame } from '@headgate/crds';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from '../support/fake-clock.ts';
import { LastGood } from './last-good.ts';
import { type FrameSink, ProxySession } from './proxy-session.ts';
import { helloOf, policyBody, resourcesOf } from './table-fixtures.ts';
import { TablePublisher } from './table-publisher.ts';
import { UpdateFrames } from './update-frames.ts';

class RecordingSink implements FrameSink {
  readonly frames: UpdateFrame[] = [];
  ended = false;
  accepts = true;
  #drain: () => void = () => undefined;

  write(line: Buffer | string): boolean {
    this.frames.push(JSON.parse(String(line)));
    return this.accepts;
  }

  onDrain(listener: () => void): void {
    this.#drain = listener;
  }

  drain(): void {
    this.accepts = true;
    this.#drain();
  }

  end(): void {
    this.ended = true;
  }

  get last(): UpdateFrame {
    const frame = this.frames.at(-1);
    if (frame === undefined) throw new Error('no frame was sent');
    return frame;
  }
}

describe('ProxySession', () => {
  const clock = new FakeClock();
  let lastGood: LastGood;
  let publisher: TablePublisher;
  let frames: UpdateFrames;
  let sink: RecordingSink;
  beforeEach(() => {
    lastGood = new LastGood();
    publisher = new TablePublisher(lastGood);
    frames = new UpdateFrames(publisher, lastGood);
    sink = new RecordingSink();
    publisher.lead(1, { revision: 0, resources: new Map() });
  });

  const publish = (...names: readonly (readonly [string, number])[]): void => {
    const resources = resourcesOf(...names.map(([name, generation]) => policyBody(name, generation)));
    publisher.publish({ resources, term: 1, changedAtMs: clock.now() });
  };
  const open = (hello = helloOf('p1')): ProxySession => {
    const session = new ProxySession(hello, frames, () => clock.monotonic());
    session.attach(sink);
    return session;
  };
  const ackOf = (frame: UpdateFrame, rejected: AckFrame['rejected'] = []): AckFrame => ({
    type: 'ack',
    proxyId: 'p1',
    revision: frame.revision,
    rejected,
  });

  test('sends a proxy that holds nothing the whole table', () => {
    publish(['a', 1], ['b', 1]);
    open();
    expect(sink.last).toMatchObject({ type: 'update', base: 0, revision: 100_000_001, deletes: [] });
    expect(Object.keys(sink.last.upserts).sort()).toEqual(['policy/default/a', 'policy/default/b']);
    expect(sink.last.tableHash).toBe(publisher.table()?.hash);
  });

  test('sends only what changed after that', () => {
    publish(['a', 1], ['b', 1], ['c', 1]);
    const session = open();
    session.acknowledge(ackOf(sink.last));
    publish(['a', 2], ['b', 1]);
    session.flush();
    expect(sink.last.base).toBe(100_000_001);
    expect(Object.keys(sink.last.upserts)).toEqual(['policy/default/a']);
    expect(sink.last.deletes).toEqual(['policy/default/c']);
  });

  test('sends only differences to a proxy that comes back, and confirms when there are none', () => {
    publish(['a', 1], ['b', 1]);
    const heldHashes = Object.fromEntries([...(publisher.table()?.resources ?? [])].map(([key, { hash }]) => [key, hash]));
    open({ ...helloOf('p1'), heldRevision: 100_000_001, heldHashes });
    expect(sink.last).toMatchObject({ base: 100_000_001, revision: 100_000_001, upserts: {}, deletes: [] });
    sink = new RecordingSink();
    open({ ...helloOf('p1'), heldRevision: 42, heldHashes: { ...heldHashes, 'policy/default/b': 'other', 'policy/default/old': 'x' } });
    expect(Object.keys(sink.last.upserts)).toEqual(['policy/default/b']);
    expect(sink.last.deletes).toEqual(['policy/default/old']);
  });

  test('has one update in flight and merges what happens meanwhile', () => {
    publish(['a', 1]);
    const session = open();
    for (let generation = 2; generation < 50; generation++) {
      publish(['a', generation], ['b', generation]);
      session.flush();
    }
    expect(sink.frames).toHaveLength(1);
    session.acknowledge(ackOf(sink.last));
    session.flush();
    expect(sink.frames).toHaveLength(2);
    expect(sink.last.upserts['policy/default/a']?.body).toMatchObject({ generation: 49 });
    expect(sink.last.base).toBe(100_000_001);
  });

  test('writes nothing to a slow reader until it has drained', () => {
    publish(['a', 1]);
    sink.accepts = false;
    const session = open();
    session.acknowledge(ackOf(sink.last));
    publish(['a', 2]);
    session.flush();
    session.send({ type: 'heartbeat', revision: 1 });
    expect(sink.frames).toHaveLength(1);
    sink.drain();
    expect(sink.frames).toHaveLength(2);
  });

  test('counts a refused resource as what the proxy really holds', () => {
    publish(['a', 1]);
    const session = open();
    const held = sink.last.upserts['policy/default/a']?.hash ?? '';
    session.acknowledge(ackOf(sink.last));
    lastGood.acknowledged(100_000_001);
    publish(['a', 2]);
    session.flush();
    const refused = sink.last.upserts['policy/default/a']?.hash ?? '';
    const outcome = session.acknowledge(ackOf(sink.last, [{ key: 'policy/default/a', hash: refused, reason: 'no' }]));
    lastGood.reject('policy/default/a', refused, 'p1', 'no');
    expect(outcome).toMatchObject({ type: 'Acknowledged', uncovered: false });
    publish(['a', 2], ['b', 1]);
    session.flush();
    expect(Object.keys(sink.last.upserts)).toEqual(['policy/default/b']);
    const b = sink.last.upserts['policy/default/b']?.hash ?? '';
    expect(sink.last.tableHash).toBe(tableHash({ 'policy/default/a': held, 'policy/default/b': b }));
  });

  test('gives the last good form to a proxy that refused a resource it held no other form of', () => {
    publish(['a', 1]);
    lastGood.acknowledged(100_000_001);
    publish(['a', 2]);
    const session = open();
    const refused = sink.last.upserts['policy/default/a']?.hash ?? '';
    const outcome = session.acknowledge(ackOf(sink.last, [{ key: 'policy/default/a', hash: refused, reason: 'no' }]));
    expect(outcome).toMatchObject({ uncovered: true });
    lastGood.reject('policy/default/a', refused, 'p1', 'no');
    publisher.republish(clock.now());
    session.flush();
    expect(sink.last.upserts['policy/default/a']?.body).toMatchObject({ generation: 1 });
    expect(sink.last.revision).toBe(100_000_003);
  });

  test('recovers without a hand once the refused object is fixed', () => {
    publish(['a', 1]);
    const session = open();
    const refused = sink.last.upserts['policy/default/a']?.hash ?? '';
    session.acknowledge(ackOf(sink.last, [{ key: 'policy/default/a', hash: refused, reason: 'no' }]));
    lastGood.reject('policy/default/a', refused, 'p1', 'no');
    publish(['a', 2]);
    session.flush();
    expect(sink.last.upserts['policy/default/a']?.body).toMatchObject({ generation: 2 });
    session.acknowledge(ackOf(sink.last));
    expect(session.ackedRevision).toBe(publisher.table()?.revision);
  });

  test('ignores an ack for anything but the update in flight', () => {
    publish(['a', 1]);
    const session = open();
    expect(session.acknowledge({ ...ackOf(sink.last), revision: 7 })).toEqual({ type: 'Ignored' });
    session.acknowledge(ackOf(sink.last));
    expect(session.acknowledge(ackOf(sink.last))).toEqual({ type: 'Ignored' });
  });

  test('notices a proxy that never answers', async () => {
    publish(['a', 1]);
    const session = open();
    await clock.advance(31_000);
    expect(session.isStuck(30_000)).toBe(true);
    session.acknowledge(ackOf(sink.last));
    expect(session.isStuck(30_000)).toBe(false);
  });

  test('shares one encoded frame between proxies at the same revision', () => {
    publish(['a', 1]);
    const held = { revision: 0, hashes: new Map<string, string>(), exact: false };
    expect(frames.next(held)?.line).toBe(frames.next({ ...held })?.line);
  });
});
