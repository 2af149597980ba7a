import { latencyBucket } from '@headgate/crds';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addToSketch, type LatencySketch, sketchQuantileMs } from './latency-sketch.ts';

function sketchOf(samplesMs: readonly number[]): LatencySketch {
  const sketch: LatencySketch = new Map();
  for (const ms of samplesMs) addToSketch(sketch, { [latencyBucket(ms)]: 1 });
  return sketch;
}

test('a quantile is within one bucket of the true one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 2, max: 500_000, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (samples, q) => {
        const sorted = [...samples].sort((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
        const estimate = sketchQuantileMs(sketchOf(samples), q) ?? 0;
        expect(estimate).toBeGreaterThanOrEqual(exact / 1.26);
        expect(estimate).toBeLessThanOrEqual(exact * 1.26);
      },
    ),
  );
});

test('merging the sketches of two proxies is the sketch of all samples', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100_000)), fc.array(fc.nat(100_000)), (a, b) => {
      const merged = sketchOf(a);
      addToSketch(merged, Object.fromEntries(sketchOf(b)));
      expect(new Map([...merged].sort())).toEqual(new Map([...sketchOf([...a, ...b])].sort()));
    }),
  );
});

test('an empty sketch has no quantile', () => expect(sketchQuantileMs(new Map(), 0.5)).toBeUndefined());

test('nonsense in a report is left out', () => {
  const sketch: LatencySketch = new Map();
  addToSketch(sketch, { '-1': 5, '99': 5, x: 5, '3': -1, '4': Number.NaN, '1.5': 2, '7': 2 });
  expect([...sketch]).toEqual([[7, 2]]);
});
