import type { ListingReport, ReportFrame } from '@headgate/crds';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { emptySnapshot } from '../snapshot/build-snapshot.ts';
import type { EndpointSignals } from '../snapshot/endpoint-signals.ts';
import type { Endpoint, Policy, Provider, Rule, Snapshot, Target } from '../snapshot/snapshot.ts';
import { meter } from './meter.ts';
import { Reporter, type ReportOutcome } from './reporter.ts';

const KEY = 'provider/team/a';
let nowMs: number;
let frames: ReportFrame[];
let outcome: ReportOutcome;
let signals: { -readonly [K in keyof EndpointSignals]: EndpointSignals[K] };
let reporter: Reporter;
let listings: ListingReport[];

function snapshot(): Snapshot {
  const endpoint = {
    id: 'e',
    provider: { key: KEY },
    model: { name: 'm' },
    connection: { credential: { name: 'main' } },
    signals,
  } as Endpoint;
  const target = { endpoints: [endpoint] as readonly Endpoint[] } as Target;
  const policy = { rules: [{ targets: [target] as readonly Target[] } as Rule] as readonly Rule[] } as Policy;
  const empty = emptySnapshot();
  return {
    ...empty,
    providers: empty.providers.edited(new Map([[KEY, {} as Provider]])),
    policies: empty.policies.edited(new Map([['policy/team/p', policy]])),
  };
}

beforeEach(() => {
  nowMs = 1000;
  frames = [];
  listings = [];
  outcome = 'accepted';
  signals = {
    inFlight: 0,
    ttftEwmaMs: 0,
    ttftSampledAtMs: 0,
    credential: { state: 'Active', untilMs: 0, waitTold: false },
    breaker: { state: 'closed' } as EndpointSignals['breaker'],
  };
  reporter = new Reporter({
    clock: { monotonicMs: () => nowMs, wallMs: () => nowMs + 1_700_000_000_000 },
    proxyId: 'proxy-0',
    intervalMs: 2000,
    snapshot,
    listings: () => listings.splice(0),
    send: (frame) => {
      frames.push(frame);
      return Promise.resolve(outcome);
    },
  });
});

function countOne(): void {
  const usage = { inputTokens: 10, cacheReadTokens: 4, cacheWriteTokens: 0, outputTokens: 5, reasoningTokens: 0 };
  const metered = meter({ usage, estimatedOutputTokens: 0 }, 0, { inputNanoUsd: 1, outputNanoUsd: 1 });
  const sample = { failed: false, metered, priced: true, ttftMs: 100, generationMs: 50 };
  reporter.window.model(KEY, 'm').tally.add(sample);
  reporter.window.addRequest('policy/team/p', 'default', 'team/a/m', sample);
}

describe('Reporter', () => {
  test('tells what went wrong with connections, in few words', async () => {
    const window = reporter.window.model(KEY, 'm');
    window.fail({ reason: 'network', message: 'connection refused' });
    window.fail({ reason: 'network', message: 'connection refused' });
    window.fail({ reason: 'server', message: 'a text of the provider' });
    for (let i = 0; i < 100; i += 1) window.fail({ reason: 'network', message: `never heard of before: ${i}` });
    await reporter.flush();
    const model = frames[0]?.providers[0]?.models[0];
    expect(model).toMatchObject({ failureReasons: { network: 102, server: 1 }, connectionFailures: { 'connection refused': 2 } });
    expect(Object.keys(model?.connectionFailures ?? {})).toHaveLength(16);
  });

  test('tells what was counted since the last report, once', async () => {
    countOne();
    nowMs += 2000;
    await reporter.flush();
    await reporter.flush();
    const [first, second] = frames;
    expect(first).toMatchObject({ type: 'report', proxyId: 'proxy-0', sequence: 1, windowMs: 2000 });
    expect(first?.providers[0]?.models[0]).toMatchObject({
      model: 'm',
      requests: 1,
      inputTokens: 14,
      cachedInputTokens: 4,
      outputTokens: 5,
      costNanoUsd: 19,
      generationMs: 50,
      streamedOutputTokens: 5,
      endpoints: { closed: 1, open: 0, halfOpen: 0 },
    });
    expect(first?.policies).toMatchObject([
      { key: 'policy/team/p', rules: [{ name: 'default', requests: 1, targets: [{ target: 'team/a/m', requests: 1 }] }] },
    ]);
    expect(second).toMatchObject({ sequence: 2, policies: [] });
  });

  test('sends a frame that was not taken again, unchanged, while the next window fills', async () => {
    outcome = 'failed';
    countOne();
    await reporter.flush();
    countOne();
    await reporter.flush();
    outcome = 'accepted';
    await reporter.flush();
    expect(frames.map(({ sequence }) => sequence)).toEqual([1, 1, 1]);
    expect(frames[2]).toBe(frames[0]);
    await reporter.flush();
    expect(frames[3]).toMatchObject({ sequence: 2, policies: [{ rules: [{ requests: 1 }] }] });
  });

  test('drops a frame that the operator refuses, and goes on with the next', async () => {
    outcome = 'refused';
    countOne();
    await reporter.flush();
    outcome = 'accepted';
    await reporter.flush();
    expect(frames.map(({ sequence, policies }) => [sequence, policies.length])).toEqual([
      [1, 1],
      [2, 0],
    ]);
  });

  test('leaves out providers that are well and idle, but tells once when one has become so', async () => {
    await reporter.flush();
    expect(frames[0]?.providers).toHaveLength(1);
    await reporter.flush();
    expect(frames[1]?.providers).toEqual([]);
    signals.credential.state = 'RateLimited';
    signals.credential.untilMs = nowMs + 5000;
    await reporter.flush();
    expect(frames[2]?.providers[0]?.credentials).toEqual([{ name: 'main', state: 'RateLimited', until: '2023-11-14T22:13:26.000Z' }]);
    nowMs += 6000;
    await reporter.flush();
    expect(frames[3]?.providers[0]?.credentials).toEqual([{ name: 'main', state: 'Active' }]);
    await reporter.flush();
    expect(frames[4]?.providers).toEqual([]);
  });

  test('hands over what is left when it stops', async () => {
    outcome = 'failed';
    countOne();
    await reporter.flush();
    countOne();
    outcome = 'accepted';
    await reporter.stop();
    expect(frames.map(({ sequence }) => sequence)).toEqual([1, 1, 2]);
    expect(frames[2]?.policies).toHaveLength(1);
  });

  test('what providers list goes into one report, and with it when it is sent again', async () => {
    const news: ListingReport = { key: KEY, subject: 's', models: [{ name: 'm' }] };
    listings = [news];
    outcome = 'failed';
    await reporter.flush();
    outcome = 'accepted';
    await reporter.flush();
    await reporter.flush();
    expect(frames.map((frame) => frame.listings)).toEqual([[news], [news], undefined]);
  });
});
