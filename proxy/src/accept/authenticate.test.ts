import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { emptySnapshot } from '../snapshot/build-snapshot.ts';
import { KeyHasher } from '../snapshot/key-hasher.ts';
import type { Consumer, Snapshot } from '../snapshot/snapshot.ts';
import { authenticate } from './authenticate.ts';

const SALT = 'ab'.repeat(32);
const hash = createHmac('sha256', Buffer.from(SALT, 'hex')).update('good-key').digest('hex');
const consumer: Consumer = {
  key: 'consumer/team/app',
  id: 'team/app',
  resource: { type: 'consumer', namespace: 'team', name: 'app', uid: 'u', generation: 1, keyHashes: [hash], labels: {} },
  models: undefined,
};

function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return { ...emptySnapshot(), keySalt: SALT, keyHasher: new KeyHasher(SALT), consumersByKeyHash: new Map([[hash, consumer]]), ...changes };
}

describe('authenticate', () => {
  test('a known key is its consumer, whether the table is fresh or not', () => {
    expect(authenticate(snapshot(), 'good-key', true)).toEqual({ type: 'ok', caller: { type: 'consumer', consumer } });
    expect(authenticate(snapshot(), 'good-key', false)).toMatchObject({ type: 'ok' });
  });

  test('an unknown key is 401 with a fresh table and 503 with a stale one: an outage of ours never reads as a wrong key', () => {
    expect(authenticate(snapshot(), 'bad-key', true)).toMatchObject({ type: 'refused', error: { status: 401, code: 'invalid_api_key' } });
    expect(authenticate(snapshot(), 'bad-key', false)).toMatchObject({
      type: 'refused',
      error: { status: 503, code: 'table_not_ready', retryAfterMs: 2000 },
    });
  });

  test('without a key, callers are anonymous only where some policy admits them', () => {
    expect(authenticate(snapshot(), undefined, true)).toMatchObject({ type: 'refused', error: { status: 401, code: 'missing_api_key' } });
    expect(authenticate(snapshot({ anonymousPossible: true }), undefined, true)).toEqual({ type: 'ok', caller: { type: 'anonymous' } });
  });

  test('a key that nobody knows is anonymous where some policy admits anyone, and its refusal is kept for the others', () => {
    for (const [fresh, status] of [
      [true, 401],
      [false, 503],
    ] as const) {
      expect(authenticate(snapshot({ anonymousPossible: true }), 'bad-key', fresh)).toMatchObject({
        type: 'ok',
        caller: { type: 'anonymous', keyRefusal: { status } },
      });
    }
  });
});
