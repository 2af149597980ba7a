import { beforeEach, describe, expect, test } from '@jest/globals';
import { notObtained, type Obtained } from './obtained.ts';
import { Renewal } from './renewal.ts';

const HOUR_MS = 3_600_000;

let nowMs: number;
let random: number;
let asked: ((answer: Obtained<string>) => void)[];
let renewal: Renewal<string>;

beforeEach(() => {
  nowMs = 0;
  random = 0;
  asked = [];
  const obtain = (): Promise<Obtained<string>> => new Promise((resolve) => asked.push(resolve));
  renewal = new Renewal(obtain, { clock: { monotonicMs: () => nowMs, wallMs: () => nowMs }, random: () => random });
});

const value = (text: string, lifetimeMs = HOUR_MS): Obtained<string> => ({ type: 'value', value: text, lifetimeMs });

async function have(text: string, lifetimeMs = HOUR_MS): Promise<void> {
  const got = renewal.get();
  asked.at(-1)?.(value(text, lifetimeMs));
  await got;
}

test('many who ask at once cause one fetch, and all get its value', async () => {
  const gets = [renewal.get(), renewal.get(), renewal.get()];
  expect(asked).toHaveLength(1);
  asked[0]?.(value('a'));
  expect(await Promise.all(gets)).toEqual(Array(3).fill({ type: 'value', value: 'a' }));
  expect(renewal.get()).toEqual({ type: 'value', value: 'a' });
});

describe('renewal ahead of expiry', () => {
  test('five minutes before the end a new one is fetched in the background; nobody waits', async () => {
    await have('a');
    nowMs = HOUR_MS - 300_001;
    void renewal.get();
    expect(asked).toHaveLength(1);
    nowMs = HOUR_MS - 300_000;
    expect(renewal.get()).toEqual({ type: 'value', value: 'a' });
    expect(renewal.get()).toEqual({ type: 'value', value: 'a' });
    expect(asked).toHaveLength(2);
    asked[1]?.(value('b'));
    await Promise.resolve().then(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(renewal.get()).toEqual({ type: 'value', value: 'b' });
  });

  test('proxies do not renew in one instant: the lead varies by half', async () => {
    random = 1;
    await have('a');
    nowMs = HOUR_MS - 450_000;
    void renewal.get();
    expect(asked).toHaveLength(2);
  });

  test('a short-lived value is renewed in the last fifth of its life', async () => {
    await have('a', 60_000);
    nowMs = 47_999;
    void renewal.get();
    expect(asked).toHaveLength(1);
    nowMs = 48_000;
    void renewal.get();
    expect(asked).toHaveLength(2);
  });

  test('an expired value is never handed out', async () => {
    await have('a');
    nowMs = HOUR_MS;
    const got = renewal.get();
    expect(got).toBeInstanceOf(Promise);
    asked[1]?.(value('b'));
    expect(await got).toEqual({ type: 'value', value: 'b' });
  });
});

describe('failures', () => {
  const fail = async (index: number, retryAfterMs?: number): Promise<void> => {
    const got = renewal.get();
    asked[index]?.(notObtained('auth', `no ${index}`, retryAfterMs));
    await got;
  };

  test('are told at once during a pause that doubles up to a minute', async () => {
    const pauses: number[] = [];
    for (let i = 0; i < 9; i++) {
      await fail(i);
      const failedAtMs = nowMs;
      while (!(renewal.get() instanceof Promise)) nowMs += 500;
      pauses.push(nowMs - failedAtMs);
      // The fetch that ended the pause is the next one to fail.
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(asked).toHaveLength(10);
  });

  test('during the pause the failure itself is told', async () => {
    await fail(0);
    expect(renewal.get()).toEqual({ type: 'failure', error: { reason: 'auth', message: 'no 0' } });
  });

  test('pauses vary by half, and a hint of the service replaces them', async () => {
    random = 1;
    await fail(0, 20_000);
    nowMs = 9999;
    expect(renewal.get()).not.toBeInstanceOf(Promise);
    nowMs = 10_000;
    expect(renewal.get()).toBeInstanceOf(Promise);
  });

  test('while the old value is good it is used on, and asked for again after the pause', async () => {
    await have('a');
    nowMs = HOUR_MS - 200_000;
    void renewal.get();
    asked[1]?.(notObtained('server', 'down'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(renewal.get()).toEqual({ type: 'value', value: 'a' });
    expect(asked).toHaveLength(2);
    nowMs += 1000;
    void renewal.get();
    expect(asked).toHaveLength(3);
  });

  test('a defect in obtaining is a failure, not a crash', async () => {
    const broken = new Renewal<string>(
      () => {
        throw new TypeError('secret inside');
      },
      { clock: { monotonicMs: () => 0, wallMs: () => 0 }, random: () => 0 },
    );
    expect(await broken.get()).toEqual({
      type: 'failure',
      error: { reason: 'server', message: 'the proxy could not ask for a token: TypeError' },
    });
  });
});

test('a discarded value is fetched anew', async () => {
  await have('a');
  renewal.discard();
  expect(renewal.get()).toBeInstanceOf(Promise);
  expect(asked).toHaveLength(2);
});
