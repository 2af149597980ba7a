import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SseEvent } from './sse.ts';
import { type ParsedSseEvent, SseParser } from './sse-parser.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function parse(chunks: readonly Uint8Array[]): ParsedSseEvent[] {
  const parser = new SseParser();
  const found: ParsedSseEvent[] = [];
  for (const result of [...chunks.map((chunk) => parser.push(chunk)), parser.end()]) {
    if (result.type === 'too-large') throw new Error(`${result.part} too large`);
    found.push(...result.events);
  }
  return found;
}

const plain = (events: readonly ParsedSseEvent[]): SseEvent[] => events.map(({ event, data }) => ({ event, data }));
const parseText = (text: string): SseEvent[] => plain(parse([bytes(text)]));

function splitEverywhere(text: string): void {
  const whole = bytes(text);
  const expected = parse([whole]);
  for (let at = 0; at <= whole.length; at++) {
    expect(plain(parse([whole.subarray(0, at), whole.subarray(at)]))).toEqual(plain(expected));
  }
  const singly = Array.from(whole, (_, index) => whole.subarray(index, index + 1));
  expect(plain(parse(singly))).toEqual(plain(expected));
}

describe('SseParser reads what the specification allows', () => {
  test.each([
    ['LF', 'event: a\ndata: 1\n\ndata: 2\n\n'],
    ['CRLF', 'event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n'],
    ['CR', 'event: a\rdata: 1\r\rdata: 2\r\r'],
    ['mixed line ends', 'event: a\r\ndata: 1\n\r\ndata: 2\r\n\n'],
    ['a byte order mark', '\uFEFFevent: a\ndata: 1\n\ndata: 2\n\n'],
    ['no space after the colon', 'event:a\ndata:1\n\ndata:2\n\n'],
    ['comments and other fields', ': OPENROUTER PROCESSING\n\nid: 7\nevent: a\nretry: 5\ndata: 1\n\n:\ndata: 2\n\n'],
    ['a last event without its blank line', 'event: a\ndata: 1\n\ndata: 2'],
  ])('%s', (_name, text) => {
    expect(parseText(text)).toEqual([
      { event: 'a', data: '1' },
      { event: '', data: '2' },
    ]);
    splitEverywhere(text);
  });

  test('data of several lines is joined by LF, fields without colon are empty', () => {
    expect(parseText('data: a\ndata\ndata:  b\nevent\n\n')).toEqual([{ event: '', data: 'a\n\n b' }]);
  });

  test('an event without data is none, and its name does not leak into the next', () => {
    expect(parseText('event: ping\n\ndata: x\n\n')).toEqual([{ event: '', data: 'x' }]);
  });

  test('a bare JSON error between events is an event', () => {
    const text = 'data: 1\r\n\r\n{\r\n  "error": {"code": 503,\r\n"message": "x: y"}\r\n}\r\n\r\ndata: 2\n\n';
    const [, bare] = parseText(text);
    expect(JSON.parse(bare?.data ?? '')).toEqual({ error: { code: 503, message: 'x: y' } });
    splitEverywhere(text);
  });

  test('characters of any width survive a split inside them', () => {
    splitEverywhere('data: aé世🎉\uFEFFb\r\n\r\ndata: é\n\n');
    expect(parseText('data: aé世🎉\uFEFFb\n\n')[0]?.data).toBe('aé世🎉\uFEFFb');
  });
});

test('any stream in any pieces gives the same events, and their end offsets cut the bytes exactly', () => {
  const line = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
    fc.constantFrom('', '', 'event: x', ':c', 'data', '{"a":', 'id: 1', 'data:\u0085\u2028'),
  );
  const stream = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 20 });
  fc.assert(
    fc.property(stream, fc.array(fc.nat(40), { maxLength: 12 }), (lines, cuts) => {
      const whole = bytes(lines.map((pair) => pair.join('')).join(''));
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const cut of cuts) {
        chunks.push(whole.subarray(at, at + cut));
        at += cut;
      }
      chunks.push(whole.subarray(at));
      const inPieces = parse(chunks);
      const atOnce = parse([whole]);
      expect(plain(inPieces)).toEqual(plain(atOnce));
      let from = 0;
      for (const event of inPieces) {
        expect(plain(parse([whole.subarray(from, event.endOffset)]))).toEqual(plain([event]));
        from = event.endOffset;
      }
    }),
    { numRuns: 300 },
  );
});

describe('SseParser bounds what an upstream can make it hold', () => {
  test('a line over the ceiling ends the stream as too-large, in one piece or dripping', () => {
    const long = new Uint8Array(70).fill(97);
    const make = (): SseParser => new SseParser({ lineBytes: 64, eventBytes: 256 });
    const expected = { type: 'too-large', part: 'line', limitBytes: 64 };
    expect(make().push(long)).toEqual(expected);
    const dripping = make();
    for (let index = 0; index < 64; index++) expect(dripping.push(long.subarray(0, 1)).type).toBe('events');
    expect(dripping.push(long.subarray(0, 1))).toEqual(expected);
    expect(dripping.push(bytes('\n\ndata: x\n\n'))).toEqual(expected);
    expect(dripping.end()).toEqual(expected);
  });

  test('an event over the ceiling, made of many short lines, is too-large', () => {
    const parser = new SseParser({ lineBytes: 64, eventBytes: 256 });
    expect(parser.push(bytes('data: 0123456789\n'.repeat(30)))).toEqual({ type: 'too-large', part: 'event', limitBytes: 256 });
  });

  test('a megabyte in single bytes takes linear time', () => {
    const parser = new SseParser();
    const one = bytes('a');
    for (let index = 0; index < 1_000_000; index++) parser.push(one);
    expect(parser.end()).toEqual({ type: 'events', events: [] });
  });
});
