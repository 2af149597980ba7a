import type { IncomingHttpHeaders } from 'node:http';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Dispatcher } from 'undici';
import { DeadlineList } from '../support/deadlines.ts';
import type { UpstreamError } from '../wire/failure.ts';
import { type AnswerReader, UpstreamExchange } from './upstream-exchange.ts';

const TIMEOUTS = { connectMs: 100, firstTokenMs: 1000, idleMs: 500, totalMs: 5000 };

/** undici's side of an exchange, driven by the test. */
class FakeDispatcher extends Dispatcher {
  handler: Dispatcher.DispatchHandler | undefined;
  aborted = 0;
  paused = false;
  readonly controller: Dispatcher.DispatchController = {
    aborted: false,
    paused: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    abort: () => {
      this.aborted += 1;
    },
    pause: () => {
      this.paused = true;
    },
    resume: () => {
      this.paused = false;
    },
  };

  override dispatch(_options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.handler = handler;
    return true;
  }

  connectNow(): void {
    this.handler?.onRequestStart?.(this.controller, null);
  }

  head(status = 200): void {
    this.handler?.onResponseStart?.(this.controller, status, {});
  }

  data(text: string): void {
    this.handler?.onResponseData?.(this.controller, Buffer.from(text));
  }
}

class Log implements AnswerReader {
  readonly seen: string[] = [];

  onHead(status: number, _headers: IncomingHttpHeaders): void {
    this.seen.push(`head ${status}`);
  }

  onData(chunk: Buffer): void {
    if (chunk.toString() === 'poison') throw new Error('a defect');
    this.seen.push(`data ${chunk.toString()}`);
  }

  onDefect(thrown: unknown): void {
    this.seen.push(`defect ${String(thrown)}`);
  }

  onEnd(): void {
    this.seen.push('end');
  }

  onFailure(error: UpstreamError, neverSent: boolean): void {
    this.seen.push(`${error.reason}: ${error.message}${neverSent ? ' (never sent)' : ''}`);
  }
}

let nowMs: number;
let deadlines: DeadlineList;
let dispatcher: FakeDispatcher;
let log: Log;
let exchange: UpstreamExchange;

beforeEach(() => {
  nowMs = 0;
  const clock = { monotonicMs: () => nowMs, wallMs: () => nowMs };
  // Its own timer never fires within a test: `advance` does the ticking.
  deadlines = new DeadlineList(clock, 1_000_000);
  dispatcher = new FakeDispatcher();
  log = new Log();
  exchange = new UpstreamExchange({ clock, deadlines, slowReaderMs: 300 }, TIMEOUTS, log, 0);
  exchange.start({ dispatcher, path: '/', headers: [], body: Buffer.alloc(0) });
});

function advance(ms: number): void {
  nowMs += ms;
  deadlines.tick();
}

describe('UpstreamExchange', () => {
  test('passes head, data and end on, once each, and leaves no deadline behind', () => {
    dispatcher.connectNow();
    dispatcher.head(100);
    dispatcher.head(200);
    dispatcher.data('a');
    dispatcher.handler?.onResponseEnd?.(dispatcher.controller, {});
    expect(log.seen).toEqual(['head 200', 'data a', 'end']);
    expect(deadlines.size).toBe(0);
    expect(exchange.over).toBe(true);
  });

  test('tells a defect instead of losing it inside undici, and lets go of the provider', () => {
    dispatcher.connectNow();
    dispatcher.head();
    dispatcher.data('poison');
    dispatcher.data('more');
    dispatcher.handler?.onResponseEnd?.(dispatcher.controller, {});
    expect(log.seen).toEqual(['head 200', 'defect Error: a defect']);
    expect([dispatcher.aborted, deadlines.size, exchange.over]).toEqual([1, 0, true]);
  });

  test('gives up on a connection that does not come, which the provider has never seen', () => {
    advance(99);
    expect(log.seen).toEqual([]);
    advance(1);
    expect(log.seen).toEqual(['timeout: no connection within 100 ms (never sent)']);
    dispatcher.connectNow();
    expect(dispatcher.aborted).toBe(1);
  });

  test('gives up when no content comes, however much else does', () => {
    dispatcher.connectNow();
    dispatcher.head();
    advance(600);
    dispatcher.data(': comment');
    advance(400);
    expect(log.seen.at(-1)).toBe('timeout: no content within 1000 ms');
    expect(dispatcher.aborted).toBe(1);
  });

  test('after the first content silence counts, and every byte starts it anew', () => {
    dispatcher.connectNow();
    dispatcher.head();
    exchange.enterIdlePhase();
    for (let i = 0; i < 5; i++) {
      advance(400);
      dispatcher.data('x');
    }
    expect(exchange.over).toBe(false);
    advance(500);
    expect(log.seen.at(-1)).toBe('timeout: silent for 500 ms in the middle of the answer');
  });

  test('no phase outlasts the total time', () => {
    dispatcher.connectNow();
    dispatcher.head();
    exchange.enterIdlePhase();
    for (let i = 0; i < 13; i++) {
      advance(400);
      dispatcher.data('x');
    }
    expect(log.seen.at(-1)).toBe('timeout: not finished within 5000 ms');
  });

  test('a caller without room pauses the provider, and is given up after a while', () => {
    dispatcher.connectNow();
    dispatcher.head();
    exchange.enterIdlePhase();
    exchange.pause();
    expect(dispatcher.paused).toBe(true);
    advance(200);
    exchange.resume();
    expect(dispatcher.paused).toBe(false);
    exchange.pause();
    advance(300);
    expect(log.seen.at(-1)).toBe('cancelled: the caller did not read');
  });

  test('a provider that leaves a finished answer open is closed after a moment', () => {
    dispatcher.connectNow();
    dispatcher.head();
    exchange.enterTail();
    advance(2000);
    expect(dispatcher.aborted).toBe(1);
    expect(log.seen.at(-1)).toBe('timeout: not ended after its last event');
  });

  test('closing is silent, and nothing that comes after is passed on', () => {
    dispatcher.connectNow();
    exchange.close();
    exchange.close();
    dispatcher.head();
    dispatcher.data('late');
    dispatcher.handler?.onResponseError?.(dispatcher.controller, new Error('late'));
    advance(10_000);
    expect(log.seen).toEqual([]);
    expect(dispatcher.aborted).toBe(1);
  });

  test('says of a failure whether the provider can have seen the request', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    dispatcher.handler?.onResponseError?.(dispatcher.controller, refused);
    expect(log.seen).toEqual(['network: connection refused (never sent)']);
  });

  test('a reset after the request was sent is not "never sent"', () => {
    dispatcher.connectNow();
    dispatcher.handler?.onResponseError?.(dispatcher.controller, Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    expect(log.seen).toEqual(['network: connection reset by the provider']);
  });
});
