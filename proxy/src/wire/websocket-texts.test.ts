import { expect, test } from '@jest/globals';
import { WebSocketTexts } from './websocket-texts.ts';

function frame(opcode: number, payload: string, final = true): Buffer {
  const body = Buffer.from(payload);
  const head = [(final ? 0x80 : 0) | opcode];
  if (body.length < 126) head.push(body.length);
  else if (body.length < 65_536) head.push(126, body.length >> 8, body.length & 255);
  else head.push(127, 0, 0, 0, 0, body.length >>> 24, (body.length >> 16) & 255, (body.length >> 8) & 255, body.length & 255);
  return Buffer.concat([Buffer.from(head), body]);
}

const LONG = 'x'.repeat(300);
const STREAM = Buffer.concat([
  frame(1, 'first'),
  frame(2, 'binary'),
  frame(1, 'in ', false),
  frame(9, 'ping'),
  frame(0, 'pieces'),
  frame(1, ''),
  frame(1, LONG),
]);
const TEXTS = ['first', 'in pieces', '', LONG];

test('any split of the bytes yields the same messages', () => {
  for (let size = 1; size <= STREAM.length; size++) {
    const texts = new WebSocketTexts();
    const seen: string[] = [];
    for (let at = 0; at < STREAM.length; at += size) seen.push(...texts.push(STREAM.subarray(at, at + size)));
    expect([size, seen]).toEqual([size, TEXTS]);
  }
});

test('messages too large to be of interest are passed over', () => {
  const texts = new WebSocketTexts();
  expect(texts.push(Buffer.concat([frame(1, 'y'.repeat(2 * 1024 * 1024)), frame(1, 'next')]))).toEqual(['next']);
});

test('what no server sends ends the reading, not the session', () => {
  const texts = new WebSocketTexts();
  expect(texts.push(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 65]))).toEqual([]);
  expect(texts.push(frame(1, 'after'))).toEqual([]);
});
