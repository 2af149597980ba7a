import { describe, expect, test } from '@jest/globals';
import { fileNamePrefix, isMarked, markBatch, withoutMark } from './owner-marks.ts';

const CALL = { input_file_id: 'file-1', endpoint: '/v1/chat/completions' };

describe('marks of owners', () => {
  test('a batch has it among its metadata, whatever the caller put there; only its owner sees the rest', () => {
    for (const metadata of [undefined, null, { job: '7' }, { job: '7', headgate_owner: 'forged' }]) {
      const marked = markBatch({ ...CALL, metadata }, 'me');
      expect([isMarked(marked, 'me'), isMarked(marked, 'forged')]).toEqual([true, false]);
      expect(withoutMark(marked, 'me')).toEqual({ ...CALL, metadata: metadata ? { job: '7' } : null });
    }
  });

  test('a batch whose metadata leave no place, or are none, goes as it is', () => {
    const full = { ...CALL, metadata: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, 'v'])) };
    expect(markBatch(full, 'me')).toBe(full);
    expect(markBatch({ ...CALL, metadata: 'text' }, 'me')).toEqual({ ...CALL, metadata: 'text' });
    expect(isMarked(full, 'me')).toBe(false);
  });

  test("a file has it in front of its name, and one in somebody else's name counts for nothing", () => {
    const filename = `${fileNamePrefix('me')}${fileNamePrefix('other')}a.jsonl`;
    expect([isMarked({ filename }, 'me'), isMarked({ filename }, 'other'), isMarked({ filename: 'a.jsonl' }, 'me')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(withoutMark({ filename }, 'me')).toEqual({ filename: `${fileNamePrefix('other')}a.jsonl` });
    expect(withoutMark({ filename: 'a.jsonl' }, 'me')).toEqual({ filename: 'a.jsonl' });
  });
});
