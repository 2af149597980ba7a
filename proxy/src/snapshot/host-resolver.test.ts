import type { LookupAddress } from 'node:dns';
import { describe, expect, test } from '@jest/globals';
import { HostResolver } from './host-resolver.ts';

const ONE: readonly LookupAddress[] = [{ address: '192.0.2.1', family: 4 }];
const TWO: readonly LookupAddress[] = [{ address: '192.0.2.2', family: 4 }];

function manualClock(): { nowMs: number; monotonicMs(): number; wallMs(): number } {
  return {
    nowMs: 0,
    monotonicMs() {
      return this.nowMs;
    },
    wallMs() {
      return this.nowMs;
    },
  };
}

/** A resolver of the system whose answers the test gives one by one. */
function scripted(): {
  readonly questions: PromiseWithResolvers<readonly LookupAddress[]>[];
  readonly lookup: () => Promise<readonly LookupAddress[]>;
} {
  const questions: PromiseWithResolvers<readonly LookupAddress[]>[] = [];
  const lookup = (): Promise<readonly LookupAddress[]> => {
    const question = Promise.withResolvers<readonly LookupAddress[]>();
    questions.push(question);
    return question.promise;
  };
  return { questions, lookup };
}

describe('HostResolver', () => {
  test('many connections at once ask one question', async () => {
    const { questions, lookup } = scripted();
    const resolver = new HostResolver(lookup, manualClock());
    const answers = [resolver.resolve('h'), resolver.resolve('h'), resolver.resolve('h')];
    questions[0]?.resolve(ONE);
    expect(await Promise.all(answers)).toEqual([ONE, ONE, ONE]);
    expect(questions.length).toBe(1);
  });

  test('an answer is used for 5 s, then asked for again', async () => {
    const { questions, lookup } = scripted();
    const clock = manualClock();
    const resolver = new HostResolver(lookup, clock);
    const first = resolver.resolve('h');
    questions[0]?.resolve(ONE);
    await first;
    clock.nowMs = 5_000;
    expect(await resolver.resolve('h')).toBe(ONE);
    clock.nowMs = 5_001;
    const second = resolver.resolve('h');
    questions[1]?.resolve(TWO);
    expect(await second).toBe(TWO);
  });

  test('while the resolver fails, the last answer serves for a minute and no longer', async () => {
    const { questions, lookup } = scripted();
    const clock = manualClock();
    const resolver = new HostResolver(lookup, clock);
    const first = resolver.resolve('h');
    questions[0]?.resolve(ONE);
    await first;
    clock.nowMs = 60_000;
    const stale = resolver.resolve('h');
    questions[1]?.reject(Object.assign(new Error('SERVFAIL'), { code: 'EAI_AGAIN' }));
    expect(await stale).toBe(ONE);
    clock.nowMs = 60_001;
    const tooOld = resolver.resolve('h');
    questions[2]?.reject(Object.assign(new Error('SERVFAIL'), { code: 'EAI_AGAIN' }));
    await expect(tooOld).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  });

  test('a resolver that hangs costs the deadline, not the connection’s whole time, and holds one question', async () => {
    const { questions, lookup } = scripted();
    const resolver = new HostResolver(lookup, manualClock(), 20);
    await expect(resolver.resolve('h')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    await expect(resolver.resolve('h')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    expect(questions.length).toBe(1);
  });
});
