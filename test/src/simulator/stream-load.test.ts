import { expect, test } from '@jest/globals';
import { type LoadChunk, runStreams } from './stream-load.ts';

async function* chunks(...reasons: readonly (string | null | Error)[]): AsyncIterable<LoadChunk> {
  for (const reason of reasons) {
    if (reason instanceof Error) throw reason;
    yield { choices: [{ finish_reason: reason }] };
  }
}

test('whole, truncated and failed streams are told apart', async () => {
  const answers = [
    () => Promise.resolve(chunks(null, 'stop')),
    () => Promise.resolve(chunks(null)),
    () => Promise.resolve(chunks(null, new Error('reset'))),
    () => Promise.reject(new Error('503')),
  ];
  let time = 0;
  const report = await runStreams(
    () => answers[time]?.() ?? Promise.reject(new Error('too many')),
    1,
    4,
    () => ++time,
  );
  expect(report).toEqual({
    whole: 1,
    truncated: 2,
    failed: 1,
    errors: ['truncated: ended without a finish reason', 'truncated: reset', 'failed: 503'],
  });
});
