import { describe, expect, test } from '@jest/globals';
import { Counter, Histogram, Registry } from 'prom-client';
import { HandleCounter } from './handle-counter.ts';
import { HandleHistogram } from './handle-histogram.ts';

describe('handles', () => {
  test('are exposed exactly as prom-client exposes its own series', async () => {
    const [plain, handled] = [new Registry(), new Registry()];
    const counter = { name: 'c_total', help: 'Counts.', labelNames: ['a', 'b'] as const };
    const histogram = { name: 'h_seconds', help: 'Takes time.', labelNames: ['a'] as const, buckets: [0.1, 1, 10] };
    const plainCounter = new Counter({ ...counter, registers: [plain] });
    const plainHistogram = new Histogram({ ...histogram, registers: [plain] });
    const handleCounter = new HandleCounter({ ...counter, registers: [handled] });
    const handleHistogram = new HandleHistogram({ ...histogram, registers: [handled] });
    for (const a of ['x', 'y"\n']) {
      plainCounter.inc({ a, b: '1' }, 3);
      handleCounter.handle({ a, b: '1' }).value += 3;
      for (const value of [0.1, 0.5, 11]) {
        plainHistogram.observe({ a }, value);
        handleHistogram.handle({ a }).observe(value);
      }
    }
    const sorted = async (registry: Registry): Promise<readonly string[]> => (await registry.metrics()).split('\n').map(normalize).sort();
    expect(await sorted(handled)).toEqual(await sorted(plain));
  });

  test('are the same for the same labels', () => {
    const counter = new HandleCounter({ name: 'c_total', help: 'Counts.', labelNames: ['a'], registers: [] });
    expect(counter.handle({ a: 'x' })).toBe(counter.handle({ a: 'x' }));
    expect(counter.handle({ a: 'x' })).not.toBe(counter.handle({ a: 'y' }));
  });
});

/** Labels in alphabetical order: their order means nothing. */
function normalize(line: string): string {
  return line.replace(
    /\{(.*)\}/,
    (_all, labels: string) =>
      `{${labels
        .split(/,(?=\w+=)/)
        .sort()
        .join(',')}}`,
  );
}
