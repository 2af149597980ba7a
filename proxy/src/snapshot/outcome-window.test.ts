import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OutcomeWindow } from './outcome-window.ts';

describe('OutcomeWindow', () => {
  test('counts what lies within the window and forgets what time has passed over', () => {
    const window = new OutcomeWindow(10_000);
    window.record(0, true);
    window.record(500, false);
    window.record(5_000, true);
    expect(window.count(9_999)).toEqual({ total: 3, failures: 2 });
    expect(window.count(10_000)).toEqual({ total: 1, failures: 1 });
    expect(window.count(100_000)).toEqual({ total: 0, failures: 0 });
  });

  test('agrees with a list of outcomes, to the precision of one bucket, whatever the times', () => {
    const outcomes = fc.array(fc.record({ stepMs: fc.integer({ min: 0, max: 8_000 }), failed: fc.boolean() }), { maxLength: 200 });
    fc.assert(
      fc.property(outcomes, (steps) => {
        const window = new OutcomeWindow(30_000);
        const seen: { readonly bucket: number; readonly failed: boolean }[] = [];
        let nowMs = 0;
        for (const { stepMs, failed } of steps) {
          nowMs += stepMs;
          window.record(nowMs, failed);
          seen.push({ bucket: Math.floor(nowMs / 3_000), failed });
          const within = seen.filter(({ bucket }) => bucket > Math.floor(nowMs / 3_000) - 10);
          expect(window.count(nowMs)).toEqual({ total: within.length, failures: within.filter((outcome) => outcome.failed).length });
        }
      }),
      { numRuns: 50 },
    );
  });

  test('a reset empties it', () => {
    const window = new OutcomeWindow(10_000);
    window.record(1, true);
    window.reset(20_000);
    expect(window.count(2)).toEqual({ total: 0, failures: 0 });
  });
});
