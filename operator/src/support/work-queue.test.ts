import { beforeEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from './fake-clock.ts';
import { silentLogger } from './logger.ts';
import { type Handled, WorkQueue } from './work-queue.ts';

let clock: FakeClock;
let handled: string[];
let counted: string[];

beforeEach(() => {
  clock = new FakeClock();
  handled = [];
  counted = [];
});

function queue(handle: (key: string) => Promise<Handled> | Handled, concurrency = 1): WorkQueue {
  const options = { name: 'test', clock, logger: silentLogger, count: (counter: string) => counted.push(counter), concurrency };
  return new WorkQueue(options, async (key) => {
    handled.push(key);
    return handle(key);
  });
}

const done = (): Handled => ({ type: 'done' });

/** A handler that stays busy until it is let go. */
function gate(): { readonly handle: () => Promise<Handled>; readonly open: (result?: Handled) => void } {
  const waiting: ((result: Handled) => void)[] = [];
  return {
    handle: () => new Promise((resolve) => waiting.push(resolve)),
    open: (result = { type: 'done' }) => waiting.shift()?.(result),
  };
}

describe('adding', () => {
  test('a key that is added three times before its turn is handled once', async () => {
    const work = queue(done);
    for (let i = 0; i < 3; i++) work.add('a');
    await clock.advance(0);
    expect(handled).toEqual(['a']);
  });

  test('keys are handled in order of arrival, never inside add()', async () => {
    const work = queue(done);
    for (const key of ['b', 'a', 'c']) work.add(key);
    expect(handled).toEqual([]);
    await clock.advance(0);
    expect(handled).toEqual(['b', 'a', 'c']);
  });

  test('a key added while it is handled is handled once more afterwards, never twice at a time', async () => {
    const { handle, open } = gate();
    const work = queue(handle, 4);
    work.add('a');
    await clock.advance(0);
    work.add('a');
    work.add('a');
    await clock.advance(0);
    expect(handled).toEqual(['a']);
    open();
    await clock.advance(0);
    expect(handled).toEqual(['a', 'a']);
    open();
    await clock.advance(0);
    expect(handled).toEqual(['a', 'a']);
  });

  test('no more handlers run at once than allowed, and other keys do not wait for a slow one', async () => {
    const { handle, open } = gate();
    const work = queue(handle, 2);
    for (const key of ['a', 'b', 'c']) work.add(key);
    await clock.advance(0);
    expect(handled).toEqual(['a', 'b']);
    open();
    await clock.advance(0);
    expect(handled).toEqual(['a', 'b', 'c']);
  });
});

describe('delays', () => {
  test('of several delays the earliest counts, and add() does not wait for it', async () => {
    const work = queue(done);
    work.addAfter('a', 100);
    work.addAfter('a', 50);
    work.addAfter('a', 200);
    await clock.advance(49);
    expect(handled).toEqual([]);
    await clock.advance(500);
    expect(handled).toEqual(['a']);
    work.addAfter('a', 100);
    work.add('a');
    await clock.advance(500);
    expect(handled).toEqual(['a', 'a']);
  });

  test('back-off doubles from 5 ms to 1000 s for each failure in a row, per key', async () => {
    const work = queue(() => ({ type: 'retry' }));
    work.add('a');
    await clock.advance(0);
    const delays: number[] = [];
    for (let i = 0; i < 20; i++) {
      const delayMs = clock.pendingMs()[0] ?? 0;
      delays.push(delayMs);
      await clock.advance(delayMs);
    }
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(delays.slice(-2)).toEqual([1_000_000, 1_000_000]);
    work.add('b');
    await clock.advance(0);
    expect(clock.pendingMs()[0]).toBe(5);
  });

  test('success forgets the failures', async () => {
    const results: Handled[] = [{ type: 'retry' }, { type: 'retry' }, { type: 'done' }, { type: 'retry' }];
    const work = queue(() => results.shift() ?? done());
    work.add('a');
    await clock.advance(100);
    expect(work.failures('a')).toBe(0);
    work.add('a');
    await clock.advance(0);
    expect(clock.pendingMs()).toEqual([5]);
  });

  test('a change that comes while a handler fails is not held back by the back-off', async () => {
    const { handle, open } = gate();
    const work = queue(handle);
    work.add('a');
    await clock.advance(0);
    work.add('a');
    open({ type: 'retry' });
    await clock.advance(0);
    expect(handled).toEqual(['a', 'a']);
  });
});

test('a handler that throws is counted and its key retried, nothing escapes', async () => {
  let broken = true;
  const work = queue(() => {
    if (broken) throw new Error('a bug');
    return done();
  });
  work.add('a');
  await clock.advance(0);
  broken = false;
  await clock.advance(5);
  expect(handled).toEqual(['a', 'a']);
  expect(counted).toContain('queue_handler_errors_total');
});

test('shutting down waits for the handlers that run and drops the rest', async () => {
  const { handle, open } = gate();
  const work = queue(handle);
  for (const key of ['a', 'b']) work.add(key);
  work.addAfter('c', 10);
  await clock.advance(0);
  let down = false;
  const stopped = work.shutDown().then(() => {
    down = true;
  });
  work.add('d');
  await clock.advance(100);
  expect(down).toBe(false);
  open({ type: 'retry' });
  await stopped;
  await clock.advance(1_000_000);
  expect(handled).toEqual(['a']);
  expect(work.size()).toBe(0);
});
