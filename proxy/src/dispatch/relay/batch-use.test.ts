import { describe, expect, test } from '@jest/globals';
import { BatchBook } from './batch-book.ts';
import { readBatchUse, readResultUsage } from './batch-use.ts';
import { ResultsUsage } from './results-usage.ts';

const USAGE = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 40 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 120,
};
const COUNTED = { inputTokens: 60, cacheReadTokens: 40, cacheWriteTokens: 0, outputTokens: 20, reasoningTokens: 5 };
const DONE = { id: 'batch_1', object: 'batch', status: 'completed', completed_at: 1000, output_file_id: 'file-2' };

describe('readBatchUse', () => {
  test('a finished batch tells it, however it ended', () => {
    expect(readBatchUse({ ...DONE, usage: USAGE })).toMatchObject({ type: 'told', usage: COUNTED, endedAtSeconds: 1000 });
    for (const end of ['expired_at', 'cancelled_at', 'failed_at']) {
      expect(readBatchUse({ object: 'batch', completed_at: null, [end]: 7, usage: USAGE })).toMatchObject({
        type: 'told',
        endedAtSeconds: 7,
      });
    }
  });

  test('one that tells nothing, or zeros, has it in its results, if there are any', () => {
    for (const usage of [undefined, null, { input_tokens: 0, output_tokens: 0, total_tokens: 0 }]) {
      expect(readBatchUse({ ...DONE, usage })).toEqual({ type: 'in-results', endedAtSeconds: 1000 });
    }
    expect(readBatchUse({ ...DONE, output_file_id: null })).toBeUndefined();
  });

  test('what is not over, or no batch, has none', () => {
    expect(readBatchUse({ object: 'batch', status: 'in_progress', usage: USAGE })).toBeUndefined();
    expect(readBatchUse({ ...DONE, object: 'file', usage: USAGE })).toBeUndefined();
  });
});

describe('results', () => {
  const line = (body: object): string => `${JSON.stringify({ custom_id: 'é', response: { status_code: 200, body } })}\n`;
  const chat = line({ usage: { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 4 }, completion_tokens: 3, total_tokens: 13 } });
  const responses = line({ usage: USAGE });
  const embeddings = line({ usage: { prompt_tokens: 8, total_tokens: 8 } });
  const failed = `${JSON.stringify({ custom_id: 'x', error: { message: 'no "usage"' } })}\nnot json "usage"\n\n`;
  const sum = { inputTokens: 74, cacheReadTokens: 44, cacheWriteTokens: 0, outputTokens: 23, reasoningTokens: 5 };

  test.each([1, 7, 64, 100_000])('add up in pieces of %d bytes, the last line without its end', (size) => {
    const bytes = Buffer.from(chat + responses + failed + embeddings.trimEnd());
    const usage = new ResultsUsage();
    for (let at = 0; at < bytes.length; at += size) usage.push(bytes.subarray(at, at + size));
    expect(usage.end()).toEqual(sum);
  });

  test('without any usage tell none; a line of endless length is left out, and nothing is kept of it', () => {
    const usage = new ResultsUsage();
    expect(usage.end()).toBeUndefined();
    for (let i = 0; i < 80; i++) usage.push(Buffer.alloc(64 * 1024, '"usage"'));
    usage.push(Buffer.from(`\n${chat}`));
    expect(usage.end()).toMatchObject({ inputTokens: 6, outputTokens: 3 });
  });

  test('read anything', () => {
    for (const junk of [null, 1, [], {}, { response: [] }, { response: { body: { usage: 'x' } } }])
      expect(readResultUsage(junk)).toBeUndefined();
  });
});

describe('BatchBook', () => {
  test('takes a batch once, and none that ended before the proxy was there', () => {
    const book = new BatchBook(1_000_000);
    expect([book.takes('a', 1000), book.takes('a', 1000), book.takes('b', 1001), book.takes('c', 999)]).toEqual([true, false, true, false]);
  });

  test('forgets the oldest of very many', () => {
    const book = new BatchBook(0);
    for (let i = 0; i <= 10_000; i++) book.takes(String(i), 1);
    expect([book.takes('10000', 1), book.takes('1', 1), book.takes('0', 1)]).toEqual([false, false, true]);
  });
});
