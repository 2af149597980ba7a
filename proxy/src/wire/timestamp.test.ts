import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { timestampMs } from './timestamp.ts';

test('every date is read as Date reads it, in both spellings', () => {
  const date = fc.date({ min: new Date('1900-01-01'), max: new Date('2300-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(date, (at) => {
      expect(timestampMs(at.toISOString())).toBe(at.getTime());
      expect(timestampMs(at.toUTCString())).toBe(Math.floor(at.getTime() / 1000) * 1000);
    }),
  );
});

test('offsets are counted', () => {
  expect(timestampMs('2026-11-20T10:00:00+02:30')).toBe(Date.parse('2026-11-20T07:30:00Z'));
});

test.each(['', '5', 'tomorrow', '2026-13-01T00:00:00Z', '2026-01-01', 'Fri, 20 Foo 2026 10:00:00 GMT', 'Fri, 20 Anf 2026 10:00:00 GMT'])(
  'is no timestamp: %s',
  (text) => {
    expect(timestampMs(text)).toBeUndefined();
  },
);
