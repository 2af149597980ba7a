import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scanTopLevel } from './json-scan.ts';
import { joinPieces, type SpliceChanges, spliceBody } from './splice-body.ts';

function spliced(text: string, changes: SpliceChanges): string {
  const bytes = new TextEncoder().encode(text);
  const scan = scanTopLevel(bytes);
  if (scan.type !== 'scanned') throw new Error(scan.type);
  const body = spliceBody(bytes, scan, changes);
  const whole = joinPieces(body);
  expect(whole.length).toBe(body.byteLength);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole);
}

describe('spliceBody changes the named members and no other byte', () => {
  test.each([
    ['{"model":"team/fast", "temperature":0.10}', { model: 'gpt-4o' }, '{"model":"gpt-4o", "temperature":0.10}'],
    ['{"a":1e400,"model":"x","a":2}', { model: 'm"\\é' }, '{"a":1e400,"model":"m\\"\\\\é","a":2}'],
    ['{ "a":1}', { model: 'm' }, '{"model":"m", "a":1}'],
    ['{}', { model: 'm', includeUsage: true }, '{"model":"m","stream_options":{"include_usage":true}}'],
    ['{"stream":true,"model":"x"}', { includeUsage: true }, '{"stream_options":{"include_usage":true},"stream":true,"model":"x"}'],
    [
      '{"stream_options": {"include_usage":false,"include_obfuscation":false},"model":"x"}',
      { model: 'y', includeUsage: true },
      '{"stream_options": {"include_usage":true,"include_obfuscation":false},"model":"y"}',
    ],
    ['{"stream_options":null}', { includeUsage: true }, '{"stream_options":{"include_usage":true}}'],
    ['{"model":"x"}', {}, '{"model":"x"}'],
  ])('%s', (text, changes, expected) => {
    expect(spliced(text, changes)).toBe(expected);
  });

  test('for any body the result parses to the body with the changes made', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), fc.string({ unit: 'grapheme' }), (body, model) => {
        const before = JSON.parse(JSON.stringify({ ...body, model: 'old', stream: true })) as Record<string, unknown>;
        const after: unknown = JSON.parse(spliced(JSON.stringify(before), { model, includeUsage: true }));
        expect(after).toEqual({ ...before, model, stream_options: { include_usage: true } });
      }),
    );
  });
});
