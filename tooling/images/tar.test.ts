import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { writeTar } from './tar.ts';

const ENTRIES = [
  { type: 'directory' as const, path: 'bin' },
  { type: 'file' as const, path: 'bin/tool', body: Buffer.from('#!x\n'), mode: 0o755 },
  { type: 'file' as const, path: 'empty', body: Buffer.alloc(0) },
  { type: 'file' as const, path: 'block', body: Buffer.alloc(512, 'b') },
  { type: 'symlink' as const, path: 'link', target: 'bin/tool' },
];

describe('writeTar', () => {
  test('is read by the tar of the system', () => {
    const listing = execFileSync('tar', ['--utc', '--numeric-owner', '-tvf', '-'], { input: writeTar(ENTRIES), encoding: 'utf8' });
    expect(listing.replace(/ +/g, ' ').trim().split('\n')).toEqual([
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 bin/',
      '-rwxr-xr-x 0/0 4 1970-01-01 00:00 bin/tool',
      '-rw-r--r-- 0/0 0 1970-01-01 00:00 empty',
      '-rw-r--r-- 0/0 512 1970-01-01 00:00 block',
      'lrwxrwxrwx 0/0 0 1970-01-01 00:00 link -> bin/tool',
    ]);
    const body = execFileSync('tar', ['-xOf', '-', 'bin/tool'], { input: writeTar(ENTRIES), encoding: 'utf8' });
    expect(body).toBe('#!x\n');
  });

  test('gives the same bytes for the same entries', () => {
    expect(writeTar(ENTRIES).equals(writeTar(ENTRIES))).toBe(true);
  });

  test('refuses a path that would be cut', () => {
    expect(() => writeTar([{ type: 'directory', path: 'x'.repeat(100) }])).toThrow('too long');
  });
});
