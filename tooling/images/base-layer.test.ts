import { describe, expect, test } from '@jest/globals';
import { parseLdd, withDirectories } from './base-layer.ts';

describe('parseLdd', () => {
  test('names the files of the libraries and the loader, not the vDSO', () => {
    const output = `\tlinux-vdso.so.1 (0x00007ffd)
\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f1a)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f1b)\n`;
    expect(parseLdd(output)).toEqual(['/lib/x86_64-linux-gnu/libm.so.6', '/lib64/ld-linux-x86-64.so.2']);
  });

  test('refuses a binary with a missing library', () => {
    expect(() => parseLdd('\tlibatomic.so.1 => not found\n')).toThrow('libatomic.so.1');
  });
});

test('every parent comes before what is in it', () => {
  const body = Buffer.alloc(0);
  const entries = withDirectories([
    { type: 'file', path: 'usr/bin/node', body },
    { type: 'file', path: 'app/main.mjs', body },
  ]);
  expect(entries.map((entry) => entry.path)).toEqual(['app', 'app/main.mjs', 'usr', 'usr/bin', 'usr/bin/node']);
});
