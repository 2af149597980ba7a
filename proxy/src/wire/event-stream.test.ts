import { describe, expect, test } from '@jest/globals';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import fc from 'fast-check';
import { crc32 } from './crc32.ts';
import { EventStreamParser } from './event-stream.ts';

/** AWS's own codec frames what ours has to read. */
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)),
  (text) => new TextEncoder().encode(text),
);
type Message = Parameters<EventStreamCodec['encode']>[0];
type Headers = Message['headers'];

const text = (value: string): Headers[string] => ({ type: 'string', value });

function frame(headers: Headers, payload: string): Uint8Array {
  return codec.encode({ headers, body: new TextEncoder().encode(payload) });
}

function event(type: string, payload: string, more: Headers = {}): Uint8Array {
  return frame({ ':message-type': text('event'), ':event-type': text(type), ':content-type': text('application/json'), ...more }, payload);
}

function concat(...pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(pieces));
}

function parse(chunks: readonly Uint8Array[], parser = new EventStreamParser()): unknown[] {
  return [...chunks.map((chunk) => parser.push(chunk)), parser.end()].flatMap((push): unknown[] =>
    push.type === 'events' ? push.events.map(({ event: name, data, endOffset }) => [name, data, endOffset]) : [push],
  );
}

const STREAM = concat(
  event('messageStart', '{"role":"assistant"}'),
  event('contentBlockDelta', '{"delta":{"text":"Grüße 🌍"}}'),
  event('messageStop', '{}'),
);

test('reads what AWS frames, with every type of header in it', () => {
  const headers: Headers = {
    flag: { type: 'boolean', value: true },
    off: { type: 'boolean', value: false },
    byte: { type: 'byte', value: 1 },
    short: { type: 'short', value: 2 },
    integer: { type: 'integer', value: 3 },
    binary: { type: 'binary', value: new Uint8Array([1, 2, 3]) },
    at: { type: 'timestamp', value: new Date(0) },
    id: { type: 'uuid', value: '01020304-0506-0708-090a-0b0c0d0e0f10' },
  };
  const bytes = event('metadata', '{"usage":{}}', headers);
  expect(parse([bytes])).toEqual([['metadata', '{"usage":{}}', bytes.length]]);
});

test('however the bytes are split, the events are the same', () => {
  const expected = parse([STREAM]);
  expect(expected.map((parsed) => (parsed as string[])[0])).toEqual(['messageStart', 'contentBlockDelta', 'messageStop']);
  for (let at = 1; at < STREAM.length; at++) expect(parse([STREAM.subarray(0, at), STREAM.subarray(at)])).toEqual(expected);
  expect(parse(Array.from(STREAM, (_, at) => STREAM.subarray(at, at + 1)))).toEqual(expected);
});

test('a buffer that is reused for the next read does no harm', () => {
  const shared = new Uint8Array(7);
  const parser = new EventStreamParser();
  const seen: unknown[] = [];
  for (let at = 0; at < STREAM.length; at += shared.length) {
    const piece = STREAM.subarray(at, at + shared.length);
    shared.set(piece);
    const push = parser.push(shared.subarray(0, piece.length));
    if (push.type === 'events') seen.push(...push.events.map(({ event: name, data, endOffset }) => [name, data, endOffset]));
  }
  expect(seen).toEqual(parse([STREAM]));
});

test('exceptions and errors are events of their own kind', () => {
  const exception = frame(
    { ':message-type': text('exception'), ':exception-type': text('throttlingException') },
    '{"message":"slow down"}',
  );
  const error = frame({ ':message-type': text('error'), ':error-code': text('InternalError'), ':error-message': text('it broke') }, '');
  expect(parse([concat(exception, error)]).map((parsed) => (parsed as string[]).slice(0, 2))).toEqual([
    ['exception/throttlingException', '{"message":"slow down"}'],
    ['exception/InternalError', '{"message":"it broke"}'],
  ]);
});

describe('what is not a whole frame', () => {
  test('is told once, after the events before it, and nothing is read from then on', () => {
    for (const at of [0, 5, 9, 20, 60]) {
      const second = event('b', '{"text":"some payload to hit"}').map((byte, index) => (index === at ? byte ^ 1 : byte));
      const parser = new EventStreamParser();
      const events = parse([concat(event('a', '{}'), second), STREAM], parser);
      expect(events).toEqual([
        ['a', '{}', expect.any(Number)],
        ['exception/malformed', expect.stringContaining('the event stream is broken'), expect.any(Number)],
      ]);
      expect(parser.push(STREAM)).toEqual({ type: 'events', events: [] });
    }
  });

  test('an HTML page under this content type is such a thing', () => {
    expect(parse([new TextEncoder().encode('<!doctype html><html></html>')])).toEqual([
      ['exception/malformed', expect.stringContaining('checksum of the lengths'), 0],
    ]);
  });

  test('a frame that the stream cut off is nothing', () => {
    expect(parse([STREAM.subarray(0, STREAM.length - 1)]).map((parsed) => (parsed as string[])[0])).toEqual([
      'messageStart',
      'contentBlockDelta',
    ]);
  });

  test('lengths that claim more than the ceiling are refused before anything is held', () => {
    const parser = new EventStreamParser({ eventBytes: 100 });
    expect(parser.push(event('a', `"${'x'.repeat(100)}"`).subarray(0, 12))).toEqual({ type: 'too-large', part: 'event', limitBytes: 100 });
    expect(parser.push(STREAM)).toEqual({ type: 'too-large', part: 'event', limitBytes: 100 });
  });

  test('headers that lie about their lengths', () => {
    const good = frame({ ':message-type': text('event') }, '{}');
    const bytes = good.slice();
    bytes[12 + 1 + ':message-type'.length + 2] = 200;
    new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32(bytes, 0, bytes.length - 4));
    expect(parse([bytes])).toEqual([['exception/malformed', expect.stringContaining('headers'), 0]]);
  });

  test('any bytes at all neither throw nor hang', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (chunks) => {
        parse(chunks);
      }),
    );
  });
});

test('a drip of a large frame costs linear time', () => {
  const bytes = event('a', `"${'x'.repeat(1_000_000)}"`);
  const parser = new EventStreamParser();
  let events = 0;
  for (let at = 0; at < bytes.length; at += 100) {
    const push = parser.push(bytes.subarray(at, at + 100));
    events += push.type === 'events' ? push.events.length : 0;
  }
  expect(events).toBe(1);
});

test('crc32 is the one of zlib', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcb_f4_39_26);
});
