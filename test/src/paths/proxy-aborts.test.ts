import type { Endpoint } from '@headgate/proxy';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { heldBytes } from '../fakes/held-bytes.ts';
import { OPENAI_ROLE, openaiAnswer, openaiChunk, openaiStream, STREAM_HEAD, send } from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { RawCaller, requestText } from '../fakes/raw-caller.ts';
import { CALLER_KEY, policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';
import { ScriptedUpstream } from '../fakes/scripted-upstream.ts';

const AUTH = `authorization: Bearer ${CALLER_KEY}`;
const CALL = { model: 'assistant', messages: [{ role: 'user', content: 'hello' }] };
const BLOCKING = requestText('/v1/chat/completions', JSON.stringify(CALL), [AUTH]);
const STREAM = requestText('/v1/chat/completions', JSON.stringify({ ...CALL, stream: true }), [AUTH]);
/** Far below every timeout of the table: only the caller's leaving can close the provider's connection by then. */
const ABORT_MS = 1000;

let first: ScriptedUpstream;
let second: ScriptedUpstream;
let proxy: ProxyUnderTest;

beforeAll(async () => {
  first = await ScriptedUpstream.start();
  second = await ScriptedUpstream.start();
  proxy = await ProxyUnderTest.start(
    tableOf(
      providerResource('first', [first.url]),
      providerResource('second', [second.url]),
      policyResource('assistant', [targetOf('first'), targetOf('second')]),
    ),
    { slowReaderMs: 300 },
  );
});

beforeEach(() => {
  proxy.log.length = 0;
});

afterAll(async () => {
  await proxy.close();
  await Promise.all([first.close(), second.close()]);
});

function signalsOf(provider: string): Endpoint['signals'] | undefined {
  return proxy.endpoints().find(({ id }) => id.includes(`/${provider}/`))?.signals;
}

/** Closes the caller's connection and says how long the provider's took to follow, ms. */
async function abortAndTime(caller: RawCaller, closed: Promise<number>, how: 'close' | 'reset' = 'close'): Promise<number> {
  const from = performance.now();
  if (how === 'reset') caller.socket.resetAndDestroy();
  else caller.socket.destroy();
  return (await closed) - from;
}

describe('a caller that goes away', () => {
  test.each(['close', 'reset'] as const)('before the head of a blocking answer (%s): the provider is released at once', async (how) => {
    const n = first.requests.length;
    first.script([{ type: 'stall' }]);
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(BLOCKING);
    const { closed } = await first.request(n);
    expect(await abortAndTime(caller, closed, how)).toBeLessThan(ABORT_MS);
    const [line] = await proxy.accessLines(1);
    expect(line).toMatchObject({ outcome: 'gone', status: 499 });
    expect(signalsOf('first')).toMatchObject({ inFlight: 0, breaker: { state: 'closed' } });
    expect(second.requests).toHaveLength(0);
  });

  test('while a stream has a role but no content: the same', async () => {
    const n = first.requests.length;
    first.script([STREAM_HEAD, OPENAI_ROLE, { type: 'stall' }]);
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(STREAM);
    const { closed } = await first.request(n);
    expect(await abortAndTime(caller, closed)).toBeLessThan(ABORT_MS);
    expect(await proxy.accessLines(1)).toMatchObject([{ outcome: 'gone', status: 499 }]);
  });

  test.each(['close', 'reset'] as const)('in the middle of a stream (%s): the same, and what was streamed is metered', async (how) => {
    const n = first.requests.length;
    first.script([STREAM_HEAD, OPENAI_ROLE, openaiChunk({ content: 'Once' }), openaiChunk({ content: ' upon' }), { type: 'stall' }]);
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(STREAM);
    const { closed } = await first.request(n);
    await caller.receives(' upon');
    expect(await abortAndTime(caller, closed, how)).toBeLessThan(ABORT_MS);
    const [line] = await proxy.accessLines(1);
    expect(line).toMatchObject({ outcome: 'gone', status: 200, estimated: true, outputTokens: 2 });
    expect(line?.['inputTokens']).toBeGreaterThan(0);
    expect(signalsOf('first')).toMatchObject({ inFlight: 0, breaker: { state: 'closed' } });
  });

  test('during failover: the second provider is released, and no third is asked', async () => {
    const n = second.requests.length;
    first.script([{ type: 'close' }]);
    second.script([{ type: 'stall' }]);
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(BLOCKING);
    const { closed } = await second.request(n);
    expect(await abortAndTime(caller, closed)).toBeLessThan(ABORT_MS);
    const [line] = await proxy.accessLines(1);
    expect(line?.['attempts']).toMatchObject([{ outcome: 'network' }, { outcome: 'gone' }]);
    expect(signalsOf('second')).toMatchObject({ inFlight: 0, breaker: { state: 'closed' } });
  });

  test('during the upload, by closing: it is one request, and counted as one', async () => {
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(BLOCKING.slice(0, -10));
    while (proxy.proxy.inFlight === 0) await new Promise((resolve) => setImmediate(resolve));
    caller.socket.end();
    expect(await caller.untilClosed()).toMatch(/^HTTP\/1.1 400 /);
    await proxy.idle();
    await fetch(`${proxy.url}/v1/models`, { headers: { authorization: `Bearer ${CALLER_KEY}` } });
    expect(await proxy.accessLines(2)).toMatchObject([{ outcome: 'gone', status: 499 }, { status: 200 }]);
  });

  test('during the upload: no provider is asked', async () => {
    const n = first.requests.length;
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(BLOCKING.slice(0, -10));
    await new Promise((resolve) => setImmediate(resolve));
    caller.socket.resetAndDestroy();
    expect(await proxy.accessLines(1)).toMatchObject([{ outcome: 'gone', status: 499 }]);
    expect(first.requests).toHaveLength(n);
  });

  test('200 callers that go away at any moment leave no slot, no call and no provider connection behind', async () => {
    first.script([STREAM_HEAD, OPENAI_ROLE, openaiChunk({ content: 'Once' }), { type: 'stall' }]);
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const caller = await RawCaller.connect(proxy.proxy.dataPort);
        caller.send(STREAM);
        if (i % 4 === 1) await new Promise((resolve) => setImmediate(resolve));
        if (i % 4 === 2) await caller.receives('HTTP/1.1');
        if (i % 4 === 3) await caller.receives('Once');
        caller.socket.destroy();
      }),
    );
    while (proxy.proxy.inFlight > 0 || first.openSockets > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(signalsOf('first')).toMatchObject({ inFlight: 0, breaker: { state: 'closed' } });
    expect(await proxy.metric('headgate_requests_in_flight')).toBe(0);
  });
});

describe('a caller that only stops sending', () => {
  test('gets its blocking answer after a half-close', async () => {
    let release: () => void = () => {};
    first.script([{ type: 'wait', until: new Promise<void>((resolve) => (release = resolve)) }, ...openaiAnswer('late')]);
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(BLOCKING);
    caller.socket.end();
    // The probe that tells a half-close from a close is an interim answer, which HTTP/1.1 callers skip.
    await caller.receives('HTTP/1.1 100 Continue');
    release();
    expect(await caller.receives('"late"')).toContain('HTTP/1.1 200 OK');
    caller.socket.destroy();
  });

  test('gets its stream to the end after a half-close', async () => {
    first.script(openaiStream('Once', ' upon'));
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.send(STREAM);
    caller.socket.end();
    expect(await caller.receives('[DONE]')).toContain(' upon');
    caller.socket.destroy();
  });
});

describe('a caller that does not read', () => {
  const flood = Array.from({ length: 400 }, () => openaiChunk({ content: 'x'.repeat(64 * 1024) }));

  test('is cut off after a while without progress; the provider is paused meanwhile, and released then', async () => {
    const n = first.requests.length;
    first.script([STREAM_HEAD, OPENAI_ROLE, ...flood, { type: 'stall' }]);
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.socket.pause();
    caller.send(STREAM);
    const { closed } = await first.request(n);
    const before = heldBytes();
    await closed;
    expect(heldBytes() - before).toBeLessThan(64 * 1024 * 1024);
    expect(await proxy.accessLines(1)).toMatchObject([{ outcome: 'gone' }]);
    expect(signalsOf('first')?.inFlight).toBe(0);
    caller.socket.destroy();
  });

  test('that reads again in time gets everything', async () => {
    first.script([STREAM_HEAD, OPENAI_ROLE, ...flood.slice(0, 40), openaiChunk({}, 'stop'), send('e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n')]);
    const caller = await RawCaller.connect(proxy.proxy.dataPort);
    caller.socket.pause();
    caller.send(STREAM);
    await new Promise((resolve) => setImmediate(resolve));
    caller.socket.resume();
    const told = await caller.receives('[DONE]');
    expect(told.split('x'.repeat(64 * 1024))).toHaveLength(41);
    caller.socket.destroy();
  });
});
