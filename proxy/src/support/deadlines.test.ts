import { describe, expect, test } from '@jest/globals';
import { type Deadline, DeadlineList } from './deadlines.ts';

function manualClock(): { nowMs: number; monotonicMs(): number; wallMs(): number } {
  return {
    nowMs: 1000,
    monotonicMs() {
      return this.nowMs;
    },
    wallMs() {
      return this.nowMs;
    },
  };
}

describe('DeadlineList', () => {
  test('fires what is due once, never early, and forgets it', () => {
    const clock = manualClock();
    const list = new DeadlineList(clock, 1_000_000);
    const fired: number[] = [];
    list.add({ dueAtMs: 1100, slot: -1, onDue: (nowMs) => fired.push(nowMs) });
    clock.nowMs = 1099;
    list.tick();
    expect(fired).toEqual([]);
    clock.nowMs = 1100;
    list.tick();
    list.tick();
    expect(fired).toEqual([1100]);
    expect(list.size).toBe(0);
    list.stop();
  });

  test('a moved deadline fires at its new time, a removed one never', () => {
    const clock = manualClock();
    const list = new DeadlineList(clock, 1_000_000);
    const fired: string[] = [];
    const moved: Deadline = { dueAtMs: 1100, slot: -1, onDue: () => fired.push('moved') };
    const removed: Deadline = { dueAtMs: 1100, slot: -1, onDue: () => fired.push('removed') };
    list.add(moved);
    list.add(removed);
    moved.dueAtMs = 2000;
    list.remove(removed);
    clock.nowMs = 1500;
    list.tick();
    expect(fired).toEqual([]);
    clock.nowMs = 2000;
    list.tick();
    expect(fired).toEqual(['moved']);
    list.stop();
  });

  test('a deadline may add another one while it fires', () => {
    const clock = manualClock();
    const list = new DeadlineList(clock, 1_000_000);
    const fired: string[] = [];
    list.add({
      dueAtMs: 1000,
      slot: -1,
      onDue: () => {
        fired.push('first');
        list.add({ dueAtMs: 5000, slot: -1, onDue: () => fired.push('second') });
      },
    });
    list.tick();
    expect(fired).toEqual(['first']);
    expect(list.size).toBe(1);
    list.stop();
  });
});
