import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { KeyHasher } from './key-hasher.ts';

describe('KeyHasher', () => {
  test('hashes as the operator does: hex HMAC-SHA256 with the decoded salt', () => {
    const salt = 'a1'.repeat(32);
    const expected = createHmac('sha256', Buffer.from(salt, 'hex')).update('sk-123').digest('hex');
    expect(new KeyHasher(salt).hash('sk-123')).toBe(expected);
  });

  test('recalls only what it was told to remember', () => {
    const hasher = new KeyHasher('00');
    hasher.hash('guess');
    expect(hasher.recall('guess')).toBeUndefined();
    hasher.remember('known', hasher.hash('known'));
    expect(hasher.recall('known')).toBe(hasher.hash('known'));
  });

  test('stays within its bound and forgets the least recently used key', () => {
    const hasher = new KeyHasher('00', 2);
    hasher.remember('a', 'hash-a');
    hasher.remember('b', 'hash-b');
    hasher.recall('a');
    hasher.remember('c', 'hash-c');
    expect(hasher.rememberedCount).toBe(2);
    expect(hasher.recall('b')).toBeUndefined();
    expect(hasher.recall('a')).toBe('hash-a');
  });
});
