import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { percentText, settleNumbers, twoDigits, usdText } from './live-numbers.ts';

test.each([
  [0, 0],
  [7.4, 7],
  [99.6, 100],
  [104, 100],
  [1234, 1200],
  [1250, 1300],
  [987_654, 990_000],
  [Number.NaN, 0],
  [-5, 0],
])('%d to two digits is %d', (value, expected) => expect(twoDigits(value)).toBe(expected));

test.each([
  [1, 1, '100.0'],
  [999, 1000, '99.9'],
  [9999, 10_000, '99.9'],
  [0, 5, '0.0'],
  [0, 0, '0.0'],
  [2, 3, '66.6'],
  [995, 1000, '99.5'],
])('%d of %d is %s percent', (part, whole, expected) => expect(percentText(part, whole)).toBe(expected));

test.each([
  [0, '0.00'],
  [1000, '0.000001'],
  [123_456_000, '0.123456'],
  [100_000_000, '0.10'],
  [999_999_999, '1.000000'.slice(0, 4)],
  [1_000_000_000, '1.00'],
  [12_345_678_901, '12.35'],
])('%d nano-USD is %s', (nanoUsd, expected) => expect(usdText(nanoUsd)).toBe(expected));

test('amounts always fit the pattern of the CRD', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e18, noNaN: true }), (nanoUsd) => expect(usdText(nanoUsd)).toMatch(/^\d{1,12}(\.\d{1,9})?$/)),
  );
});

describe('settleNumbers', () => {
  const before = {
    window: '60s',
    models: [{ name: 'gpt', state: 'Healthy', requests: 100, successPercent: '99.5', p95TtftMs: 800, inFlight: 4, spendTodayUsd: '1.00' }],
    summary: { p95TtftMs: 800 },
  };
  const changed = (fields: object): typeof before => ({ ...before, models: before.models.map((model) => ({ ...model, ...fields })) });

  test.each([
    ['requests by 5 %', { requests: 105 }],
    ['p95 by 9 %', { p95TtftMs: 870 }],
    ['spend by 5 %', { spendTodayUsd: '1.05' }],
    ['success by half a point between boundaries', { successPercent: '99.9' }],
    ['requests in flight, however much', { inFlight: 0 }],
  ])('%s: the numbers that are written stay', (_, fields) => expect(settleNumbers(before, changed(fields))).toBe(before));

  test.each([
    ['requests by 12 %', { requests: 112 }],
    ['requests to zero', { requests: 0 }],
    ['p95 by 13 %', { p95TtftMs: 920 }],
    ['spend by 12 %', { spendTodayUsd: '1.12' }],
    ['success to below 99', { successPercent: '98.9' }],
    ['success to 100', { successPercent: '100.0' }],
    ['success by a point and more', { successPercent: '97.9' }],
    ['the state', { state: 'Degraded' }],
    ['the name', { name: 'other' }],
    ['a number that appears', { tokensToday: 1 }],
  ])('%s: all numbers are taken', (_, fields) => {
    const after = changed({ inFlight: 9, ...fields });
    expect(settleNumbers(before, after)).toBe(after);
  });

  test('the first numbers are taken', () => expect(settleNumbers(undefined, before)).toBe(before));

  test('the order of a list carries nothing', () => {
    const two = {
      models: [
        { name: 'a', requests: 1 },
        { name: 'b', requests: 2 },
      ],
    };
    expect(settleNumbers(two, { models: [...two.models].reverse() })).toBe(two);
  });

  test('a number that creeps is written once it has moved by a tenth', () => {
    let written = { requests: 100 };
    const writes = [];
    for (let requests = 100; requests <= 200; requests += 1) {
      const settled = settleNumbers(written, { requests });
      if (settled !== written) writes.push(requests);
      written = settled;
    }
    expect(writes).toEqual([112, 125, 139, 155, 173, 193]);
  });
});
