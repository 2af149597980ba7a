import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { SettingsResource } from './routing-table.ts';
import { resourceHash, tableHash } from './table-hash.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('hashes of the table', () => {
  test('a resource hash is the sha256 of its canonical JSON', () => {
    const body: SettingsResource = { type: 'settings', keySalt: 'ab' };
    expect(resourceHash(body)).toBe(sha256('{"keySalt":"ab","type":"settings"}'));
  });

  test('the order of resources does not matter, in a map or a record', () => {
    const expected = sha256('policy/a/x 2\nprovider/a/y 1\nsettings 3\n');
    const hashes: readonly (readonly [string, string])[] = [
      ['settings', '3'],
      ['provider/a/y', '1'],
      ['policy/a/x', '2'],
    ];
    expect(tableHash(new Map(hashes))).toBe(expected);
    expect(tableHash(Object.fromEntries(hashes.toReversed()))).toBe(expected);
  });

  test('a changed hash or key changes the hash of the table', () => {
    const before = tableHash({ settings: '1' });
    expect(tableHash({ settings: '2' })).not.toBe(before);
    expect(tableHash({ setting: 's1' })).not.toBe(before);
  });

  test('an empty table has a hash too', () => {
    expect(tableHash({})).toBe(sha256(''));
  });
});
