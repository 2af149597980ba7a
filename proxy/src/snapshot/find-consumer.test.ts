import { createHmac } from 'node:crypto';
import type { SettingsResource } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { applyChange } from './apply-change.ts';
import { findConsumer } from './find-consumer.ts';
import { sampleDeps, sampleSnapshot } from './sample-snapshot.ts';
import { sampleConsumer, sampleResources } from './sample-table.ts';

const SALT = 'ab'.repeat(32);
const settings: SettingsResource = { type: 'settings', keySalt: SALT };

function hashOf(apiKey: string, salt = SALT): string {
  return createHmac('sha256', Buffer.from(salt, 'hex')).update(apiKey).digest('hex');
}

describe('findConsumer', () => {
  const app = sampleConsumer('app', { keyHashes: [hashOf('key-1'), hashOf('key-2')] });

  test('any of a consumer’s keys finds it, the first time and from memory', () => {
    const snapshot = sampleSnapshot([settings, app]);
    for (const key of ['key-1', 'key-2', 'key-1']) expect(findConsumer(snapshot, key)?.id).toBe('team/app');
    expect(snapshot.keyHasher.rememberedCount).toBe(2);
  });

  test('an unknown key finds nothing and is not remembered', () => {
    const snapshot = sampleSnapshot([settings, app]);
    for (const key of ['key-3', '', hashOf('key-1'), '__proto__']) expect(findConsumer(snapshot, key)).toBeUndefined();
    expect(snapshot.keyHasher.rememberedCount).toBe(0);
  });

  test('a removed key stops working at once, also when it is remembered', () => {
    const deps = sampleDeps();
    const before = sampleSnapshot([settings, app], deps);
    expect(findConsumer(before, 'key-1')?.id).toBe('team/app');
    const upserts = sampleResources([sampleConsumer('app', { keyHashes: [hashOf('key-2')] })]);
    const { snapshot } = applyChange(before, { revision: 2, upserts, deletes: [] }, deps);
    expect(findConsumer(snapshot, 'key-1')).toBeUndefined();
    expect(findConsumer(snapshot, 'key-2')?.id).toBe('team/app');
  });

  test('a new salt makes the old hashes worthless', () => {
    const deps = sampleDeps();
    const before = sampleSnapshot([settings, app], deps);
    findConsumer(before, 'key-1');
    const upserts = sampleResources([{ type: 'settings', keySalt: 'cd'.repeat(32) }]);
    const { snapshot } = applyChange(before, { revision: 2, upserts, deletes: [] }, deps);
    expect(findConsumer(snapshot, 'key-1')).toBeUndefined();
  });

  test('of two consumers with the same key the smaller id has it, whatever the order', () => {
    const twin = sampleConsumer('zwilling', { keyHashes: [hashOf('key-1')] });
    for (const bodies of [
      [app, twin],
      [twin, app],
    ])
      expect(findConsumer(sampleSnapshot([settings, ...bodies]), 'key-1')?.id).toBe('team/app');
  });
});
