import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../support/fake-clock.ts';
import { Debouncer } from './debouncer.ts';

describe('Debouncer', () => {
  test('runs once, 10 ms after the last of a burst, with the time of the first', async () => {
    const clock = new FakeClock(1_000);
    const runs: number[] = [];
    const debouncer = new Debouncer(clock, (firstMs) => runs.push(firstMs));
    debouncer.trigger();
    await clock.advance(5);
    debouncer.trigger();
    await clock.advance(9);
    expect(runs).toEqual([]);
    await clock.advance(1);
    expect(runs).toEqual([1_000]);
  });

  test('runs after 1 s however busy it stays', async () => {
    const clock = new FakeClock();
    let runs = 0;
    const debouncer = new Debouncer(clock, () => runs++);
    for (let elapsedMs = 0; elapsedMs < 2_000; elapsedMs += 5) {
      debouncer.trigger();
      await clock.advance(5);
    }
    expect(runs).toBe(2);
  });
});
