import { describe, expect, test } from '@jest/globals';
import type { WatchFrame } from './kube-api.ts';
import { RESOURCES } from './kube-resource.ts';
import { WatchDecoder } from './watch-decoder.ts';

const EVENTS = [
  { type: 'ADDED', object: { metadata: { name: 'größe-é', resourceVersion: '1' } } },
  { type: 'BOOKMARK', object: { metadata: { resourceVersion: '7' } } },
  { type: 'ERROR', object: { code: 410, reason: 'Expired', message: 'too old', details: { retryAfterSeconds: 2 } } },
];
const BYTES = Buffer.from(EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(''));

function decode(...chunks: readonly Uint8Array[]): readonly WatchFrame[] {
  const decoder = new WatchDecoder(RESOURCES.secrets);
  return [...chunks.flatMap((chunk) => [...decoder.push(chunk)]), ...decoder.end()];
}

test('events, bookmarks and errors are told apart, and objects get the kind that lists leave out', () => {
  expect(decode(BYTES)).toEqual([
    { type: 'event', event: { type: 'ADDED', object: { ...EVENTS[0]?.object, apiVersion: 'v1', kind: 'Secret' } } },
    { type: 'event', event: { type: 'BOOKMARK', resourceVersion: '7' } },
    { type: 'event', event: { type: 'ERROR', error: { status: 410, reason: 'Expired', message: 'too old', retryAfterMs: 2_000 } } },
  ]);
});

test('any split of the bytes yields the same events', () => {
  const whole = decode(BYTES);
  for (let cut = 0; cut <= BYTES.length; cut++) expect(decode(BYTES.subarray(0, cut), BYTES.subarray(cut))).toEqual(whole);
});

describe('what is no event', () => {
  test.each([
    'nonsense',
    '[]',
    'null',
    '{"type":"ADDED"}',
    '{"type":"BOOKMARK","object":{"metadata":{}}}',
    '{"type":"ADDED","object":{"metadata":{"name":""}}}',
  ])('%s is garbage, and the line after it is read', (line) => {
    const frames = decode(Buffer.from(`${line}\n${JSON.stringify(EVENTS[1])}\n`));
    expect(frames.map((frame) => frame.type)).toEqual(['garbage', 'event']);
  });

  test('a stream that ends inside an event says so', () => {
    expect(decode(BYTES.subarray(0, BYTES.length - 5)).at(-1)?.type).toBe('garbage');
  });

  test('a line without end is cut off before it fills the memory', () => {
    const decoder = new WatchDecoder(RESOURCES.secrets);
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const frames = Array.from({ length: 17 }, () => [...decoder.push(megabyte)]).flat();
    expect(frames.map((frame) => frame.type)).toEqual(['garbage']);
  });
});
