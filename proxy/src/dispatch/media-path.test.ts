import { describe, expect, test } from '@jest/globals';
import { MediaPath } from './media-path.ts';

const DONE =
  'data: {"type":"transcript.text.done","text":"{","usage":{"type":"tokens","input_tokens":5,"output_tokens":2,"total_tokens":7}}\n\n';

describe('MediaPath', () => {
  test('passes bytes on as they are, and is whole only once HTTP says so', () => {
    const path = new MediaPath('audio/mpeg');
    const chunk = Buffer.from([1, 2, 3]);
    expect(path.push(chunk)).toEqual({ output: chunk, content: true, error: undefined, done: false });
    expect(path.ended).toBe(false);
    path.parser.end();
    expect([path.ended, path.end(), path.fail(), path.usage]).toEqual([true, '', '', undefined]);
  });

  test('an answer without a byte is none', () => {
    const path = new MediaPath('audio/mpeg');
    path.parser.end();
    expect(path.ended).toBe(false);
  });

  test('reads the last usage of events, however they are split and whatever came before', () => {
    const stream = Buffer.from(`data: {"usage":{"input_tokens":1}}\n\n${'x'.repeat(100_000)}\n\n${DONE}`);
    for (const size of [1000, 7, stream.length]) {
      const path = new MediaPath('text/event-stream; charset=utf-8');
      for (let at = 0; at < stream.length; at += size) path.push(stream.subarray(at, at + size));
      path.parser.end();
      expect(path.usage).toMatchObject({ inputTokens: 5, outputTokens: 2 });
    }
  });

  test('usage that is cut off is none', () => {
    const path = new MediaPath('text/event-stream');
    path.push(Buffer.from(DONE.slice(0, -20)));
    path.parser.end();
    expect(path.usage).toBeUndefined();
  });
});
