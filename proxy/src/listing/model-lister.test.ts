import type { ListedModel } from '@headgate/crds';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ShardedMap } from '../snapshot/sharded-map.ts';
import type { Provider, Snapshot } from '../snapshot/snapshot.ts';
import { ModelLister } from './model-lister.ts';
import type { ListingOutcome } from './read-listing.ts';

const MINUTE = 60_000;
const listed = (...names: readonly string[]): ListingOutcome => ({ type: 'listed', models: names.map((name): ListedModel => ({ name })) });
const failed = (reason: string): ListingOutcome => ({ type: 'failed', reason });

let nowMs: number;
let random: number;
let timers: { dueMs: number; run: () => void }[];
let asked: { key: string; provider: Provider; answer: (outcome: ListingOutcome) => Promise<void> }[];
let news: string[];
let lister: ModelLister;

beforeEach(() => {
  nowMs = 1000;
  random = 0.5;
  timers = [];
  asked = [];
  news = [];
  lister = new ModelLister({
    ask: (provider) => {
      const { promise, resolve } = Promise.withResolvers<ListingOutcome>();
      asked.push({
        key: provider.key,
        provider,
        answer: async (outcome) => {
          resolve(outcome);
          await settled();
        },
      });
      return promise;
    },
    clock: { monotonicMs: () => nowMs, wallMs: () => nowMs },
    random: () => random,
    after: (delayMs, run) => {
      const timer = { dueMs: nowMs + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    onNews: (key, outcome) => news.push(`${key} ${outcome.type}`),
  });
});

async function settled(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
}

function advance(ms: number): void {
  nowMs += ms;
  const due = timers.filter(({ dueMs }) => dueMs <= nowMs);
  timers = timers.filter(({ dueMs }) => dueMs > nowMs);
  for (const { run } of due) run();
}

const provider = (name: string, subject = `${name} list`): Provider =>
  ({ key: `provider/team/${name}`, resource: { listing: { path: '/v1/models', subject } } }) as Provider;
const table = (...providers: readonly Provider[]): Pick<Snapshot, 'providers'> => ({
  providers: ShardedMap.empty<Provider>().edited(new Map(providers.map((one) => [one.key, one]))),
});

describe('when providers are asked', () => {
  test('at once when they come, and only those that discover', () => {
    lister.follow(table(provider('a'), { key: 'provider/team/b', resource: {} } as Provider));
    expect(asked.map(({ key }) => key)).toEqual(['provider/team/a']);
  });

  test('then every ten minutes, more or less', async () => {
    lister.follow(table(provider('a')));
    random = 0;
    await asked[0]?.answer(listed('m'));
    advance(9 * MINUTE - 1);
    expect(asked).toHaveLength(1);
    advance(1);
    expect(asked).toHaveLength(2);
    random = 0.999;
    await asked[1]?.answer(listed('m'));
    advance(10.9 * MINUTE);
    expect(asked).toHaveLength(2);
    advance(0.1 * MINUTE);
    expect(asked).toHaveLength(3);
  });

  test('after failures in growing pauses, up to ten minutes', async () => {
    lister.follow(table(provider('a')));
    random = 0.999_999;
    const pauses: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      await asked[i]?.answer(failed('x'));
      pauses.push(Math.round(((timers[0]?.dueMs ?? 0) - nowMs) / 1000));
      advance(10 * MINUTE);
    }
    expect(pauses).toEqual([15, 30, 60, 120, 240, 480, 600, 600]);
    await asked[8]?.answer(listed('m'));
    await settled();
    advance(11 * MINUTE);
    await asked[9]?.answer(failed('x'));
    expect((timers[0]?.dueMs ?? 0) - nowMs).toBeLessThan(15_001);
  });

  test('two at once of those that failed the time before: others need not wait for them', async () => {
    const failing = Array.from({ length: 6 }, (_, i) => provider(`failing-${i}`));
    lister.follow(table(...failing));
    for (let i = 0; i < 6; i += 1) await asked[i]?.answer(failed('x'));
    advance(MINUTE);
    expect(asked).toHaveLength(8);
    lister.follow(table(...failing, provider('a'), provider('b'), provider('c')));
    expect(asked).toHaveLength(10);
    await asked[8]?.answer(listed('m'));
    expect(asked.slice(8).map(({ key }) => key)).not.toContainEqual(expect.stringContaining('failing'));
    await asked[6]?.answer(failed('x'));
    expect(asked[11]?.key).toMatch('failing');
    await asked[9]?.answer(listed('m'));
    await asked[10]?.answer(listed('m'));
    expect(asked).toHaveLength(12);
    // Those that are edited are as good as new ones.
    lister.follow(table(...failing.map(({ key }) => provider(key.replace('provider/team/', '')))));
    expect(asked.slice(12).map(({ key }) => key)).toEqual([expect.stringContaining('failing'), expect.stringContaining('failing')]);
  });

  test('anew when they change, but not more often than every two seconds', async () => {
    lister.follow(table(provider('a')));
    await asked[0]?.answer(listed('m'));
    advance(500);
    lister.follow(table(provider('a')));
    lister.follow(table(provider('a')));
    expect(asked).toHaveLength(1);
    advance(1499);
    expect(asked).toHaveLength(1);
    advance(1);
    expect(asked).toHaveLength(2);
  });

  test('and what was under way when they changed is asked again', async () => {
    lister.follow(table(provider('a', 'old')));
    const edited = provider('a', 'new');
    lister.follow(table(edited));
    expect(asked).toHaveLength(1);
    await asked[0]?.answer(listed('of-the-old'));
    expect(lister.news()).toEqual([]);
    advance(2000);
    expect(asked[1]?.provider).toBe(edited);
    await asked[1]?.answer(listed('of-the-new'));
    expect(lister.news()).toEqual([{ key: 'provider/team/a', subject: 'new', models: [{ name: 'of-the-new' }] }]);
  });

  test('four at a time', async () => {
    lister.follow(table(...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => provider(name))));
    expect(asked).toHaveLength(4);
    await asked[0]?.answer(listed('m'));
    expect(asked).toHaveLength(5);
  });

  test('no more once they are gone, or the proxy stops', async () => {
    lister.follow(table(provider('a'), provider('b')));
    await asked[0]?.answer(listed('m'));
    await asked[1]?.answer(listed('m'));
    lister.follow(table(provider('b')));
    expect(lister.news().map(({ key }) => key)).toEqual(['provider/team/b']);
    advance(11 * MINUTE);
    expect(asked).toHaveLength(3);
    lister.stop();
    await asked[2]?.answer(listed('m'));
    expect(timers).toEqual([]);
    lister.follow(table(provider('c')));
    expect(asked).toHaveLength(3);
  });
});

describe('what the operator is told', () => {
  test('a list once, again when it is another one', async () => {
    lister.follow(table(provider('a')));
    expect(lister.news()).toEqual([]);
    await asked[0]?.answer(listed('m'));
    expect(lister.news()).toEqual([{ key: 'provider/team/a', subject: 'a list', models: [{ name: 'm' }] }]);
    expect(lister.news()).toEqual([]);
    advance(11 * MINUTE);
    await asked[1]?.answer(listed('m'));
    expect(lister.news()).toEqual([]);
    advance(11 * MINUTE);
    await asked[2]?.answer(listed('m', 'n'));
    expect(lister.news()).toHaveLength(1);
    expect(news).toEqual(['provider/team/a listed', 'provider/team/a listed']);
  });

  test('a failure once, beside the list that was read before', async () => {
    lister.follow(table(provider('a')));
    await asked[0]?.answer(listed('m'));
    advance(11 * MINUTE);
    await asked[1]?.answer(failed('answered 503'));
    expect(lister.news()).toEqual([{ key: 'provider/team/a', subject: 'a list', models: [{ name: 'm' }], error: 'answered 503' }]);
    advance(MINUTE);
    await asked[2]?.answer(failed('answered 503'));
    expect(lister.news()).toEqual([]);
    advance(MINUTE);
    await asked[3]?.answer(listed('m'));
    expect(lister.news()).toEqual([{ key: 'provider/team/a', subject: 'a list', models: [{ name: 'm' }] }]);
  });

  test('everything again on a new stream, but nothing about those that have not answered', async () => {
    lister.follow(table(provider('a'), provider('b')));
    await asked[0]?.answer(listed('m'));
    lister.news();
    lister.tellAll();
    expect(lister.news().map(({ key }) => key)).toEqual(['provider/team/a']);
  });

  test('long lists over several reports', async () => {
    lister.follow(table(provider('a'), provider('b'), provider('c')));
    const models = Array.from({ length: 4000 }, (_, i) => `m${i}`);
    for (const { answer } of [...asked]) await answer(listed(...models));
    expect(lister.news()).toHaveLength(2);
    expect(lister.news()).toHaveLength(1);
    expect(lister.news()).toHaveLength(0);
  });
});
