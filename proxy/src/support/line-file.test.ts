import { describe, expect, test } from '@jest/globals';
import { LineFile, type WriteBytes } from './line-file.ts';

type Done = Parameters<WriteBytes>[2];

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** Answers the n-th write with the n-th outcome: an error, or how many bytes it takes (all when it is not told). */
function fileThat(...outcomes: (NodeJS.ErrnoException | number)[]): { readonly write: WriteBytes; readonly taken: string[] } {
  const taken: string[] = [];
  const write: WriteBytes = (_fd, bytes, done) => {
    const outcome = outcomes.shift() ?? bytes.length;
    if (typeof outcome === 'number') taken.push(bytes.subarray(0, outcome).toString());
    queueMicrotask(() => (typeof outcome === 'number' ? done(null, outcome) : done(outcome, 0)));
  };
  return { write, taken };
}

describe('a log', () => {
  test('holds lines back until they are worth a write, and writes the rest when it ends', async () => {
    const { write, taken } = fileThat();
    const file = new LineFile(1, write);
    file.write('a\n');
    expect(taken).toEqual([]);
    file.write(`${'b'.repeat(40_000)}\n`);
    file.write('c\n');
    await file.close();
    expect(taken).toEqual([`a\n${'b'.repeat(40_000)}\n`, 'c\n']);
  });

  test('of which the system takes a part, or nothing for a moment, arrives whole', async () => {
    const { write, taken } = fileThat(2, failure('EAGAIN'));
    const file = new LineFile(1, write);
    file.write('abcdef\n');
    await file.close();
    expect(taken).toEqual(['ab', 'cdef\n']);
  });

  test.each(['EPIPE', 'ENOSPC', 'EBADF'])(
    'that cannot be written (%s) is dropped and counted, and the next lines are tried',
    async (code) => {
      const { write, taken } = fileThat(failure(code));
      const file = new LineFile(1, write);
      file.write('lost\n');
      file.write('lost too\n');
      file.flush();
      await new Promise(setImmediate);
      file.write('kept\n');
      await file.close();
      expect(taken).toEqual(['kept\n']);
      expect(file.dropped).toBe(2);
    },
  );

  test('ends although its reader has gone', async () => {
    const { write } = fileThat(failure('EPIPE'), failure('EPIPE'));
    const file = new LineFile(1, write);
    file.write('lost\n');
    await file.close();
    expect(file.dropped).toBe(1);
  });

  test('whose reader stopped holds a bounded amount, and ends without it', async () => {
    const stuck: Done[] = [];
    const file = new LineFile(1, (_fd, _bytes, done) => stuck.push(done));
    const line = `${'x'.repeat(1024 * 1024 - 1)}\n`;
    for (let at = 0; at < 20; at++) file.write(line);
    await file.close();
    expect(stuck).toHaveLength(1);
    expect(file.dropped).toBe(11);
  });
});
