import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BodyScan, MAX_JSON_DEPTH, scanTopLevel } from './json-scan.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const scan = (text: string): BodyScan => scanTopLevel(bytes(text));

function valuesOf(text: string): Record<string, string> {
  const found = scan(text);
  if (found.type !== 'scanned') throw new Error(found.type);
  const whole = bytes(text);
  const values: Record<string, string> = {};
  for (const name of ['model', 'stream', 'streamOptions'] as const) {
    const range = found[name];
    if (range) values[name] = new TextDecoder().decode(whole.subarray(range.start, range.end));
  }
  return values;
}

describe('scanTopLevel finds the routing members', () => {
  test.each([
    ['{"model":"a","stream":true}', { model: '"a"', stream: 'true' }],
    ['\uFEFF { "stream" : false , "model" : "é\\"}" } \n', { model: '"é\\"}"', stream: 'false' }],
    ['{"messages":[{"model":"inner","content":"}\\\\"}],"model":"outer"}', { model: '"outer"' }],
    ['{"stream_options":{"include_usage":true,"x":[{}]},"n":1}', { streamOptions: '{"include_usage":true,"x":[{}]}' }],
    ['{"mod\\u0065l":"a"}', { model: '"a"' }],
    ['{}', {}],
    ['{"a":null,"b":-1.5e3,"c":"model"}', {}],
  ])('%s', (text, expected) => {
    expect(valuesOf(text)).toEqual(expected);
  });

  test('in any JSON object it agrees with JSON.parse', () => {
    const key = fc.oneof(fc.constantFrom('model', 'stream', 'stream_options'), fc.string({ unit: 'grapheme', maxLength: 6 }));
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 }), fc.constantFrom(0, 2), (body, indent) => {
        const text = JSON.stringify(body, undefined, indent);
        const parsed = JSON.parse(text) as Record<string, unknown>;
        const values = valuesOf(text);
        expect(values['model'] && JSON.parse(values['model'])).toEqual(parsed['model']);
        expect(values['stream'] && JSON.parse(values['stream'])).toEqual(parsed['stream']);
        expect(values['streamOptions'] && JSON.parse(values['streamOptions'])).toEqual(parsed['stream_options']);
      }),
    );
  });
});

describe('scanTopLevel refuses what two readers could read differently', () => {
  test.each([
    ['{"model":"a","model":"b"}', { type: 'refused', reason: 'duplicate-key', key: 'model' }],
    ['{"model":"a","mod\\u0065l":"b"}', { type: 'refused', reason: 'duplicate-key', key: 'model' }],
    ['{"model":"a","Model":"b"}', { type: 'refused', reason: 'misspelt-key', key: 'Model' }],
    ['{"STREAM":true}', { type: 'refused', reason: 'misspelt-key', key: 'STREAM' }],
  ])('%s', (text, expected) => {
    expect(scan(text)).toEqual(expected);
  });

  test('nesting beyond the ceiling, at once and without recursion', () => {
    const deepest = MAX_JSON_DEPTH - 1;
    expect(scan(`{"a":${'['.repeat(deepest)}${']'.repeat(deepest)}}`).type).toBe('scanned');
    expect(scan(`{"a":${'['.repeat(deepest + 1)}`)).toEqual({ type: 'refused', reason: 'too-deep', maxDepth: MAX_JSON_DEPTH });
    expect(scan(`{"a":${'{"a":'.repeat(100_000)}`).type).toBe('refused');
  });

  test.each([
    '',
    ' ',
    '[]',
    '"x"',
    '{',
    '{"a"',
    '{"a":',
    '{"a":}',
    '{"a":1',
    '{"a":1,}',
    '{"a":1}{}',
    '{"a":"x',
    '{,}',
    '{"a":[1',
    '{a:1}',
  ])('what is not one object: %s', (text) => {
    expect(scan(text).type).toBe('malformed');
  });

  test('any bytes get a verdict', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'{}[]",:\\ a1'), { maxLength: 40 }), (characters) => {
        const text = characters.join('');
        const verdict = scan(text).type;
        if (verdict === 'malformed') expect(() => mustBeObject(JSON.parse(text))).toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

function mustBeObject(value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
}
