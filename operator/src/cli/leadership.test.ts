import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SnapshotForms, SnapshotRead } from '../deliver/snapshot-secrets.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { silentLogger } from '../support/logger.ts';
import { Leadership } from './leadership.ts';

describe('Leadership', () => {
  let clock: FakeClock;
  let turn: (leader: boolean) => void = () => undefined;
  let leads = false;
  let read: SnapshotRead = { type: 'Absent' };
  const log: string[] = [];
  const led: SnapshotForms[] = [];

  beforeEach(() => {
    clock = new FakeClock();
    log.length = 0;
    led.length = 0;
    leads = false;
    read = { type: 'Absent' };
  });

  const open = (): Leadership =>
    new Leadership({
      elector: {
        isLeader: () => leads,
        term: () => (leads ? 4 : 0),
        onChange: (listener) => {
          turn = (leader) => {
            leads = leader;
            listener(leader);
          };
        },
      },
      core: {
        lead: (term, inherited) => {
          log.push(`lead ${term}`);
          led.push(inherited);
        },
        resign: () => log.push('resign'),
      },
      snapshot: { read: () => Promise.resolve(read), stop: () => log.push('snapshot stops') },
      label: {
        take: () => Promise.resolve(log.push('label') > 0),
        drop: () => Promise.resolve(log.push('unlabel') > 0),
      },
      clock,
      log: silentLogger,
    });

  test('a replica that starts takes the label off itself', async () => {
    await open().begin();
    expect(log).toEqual(['unlabel']);
  });

  test('the new leader labels itself and goes on above the snapshot', async () => {
    open();
    read = {
      type: 'Found',
      revision: 300_000_007,
      forms: { revision: 300_000_007, resources: new Map([['settings', { hash: 'h', body: { type: 'settings', keySalt: '' } }]]) },
    };
    turn(true);
    await clock.advance(1);
    expect(log).toEqual(['label', 'lead 4']);
    expect(led[0]).toMatchObject({ revision: 300_000_007 });
  });

  test('takes the revision of a damaged snapshot, without its forms', async () => {
    open();
    read = { type: 'Found', revision: 7, forms: undefined };
    turn(true);
    await clock.advance(1);
    expect(led).toEqual([{ revision: 7, resources: new Map() }]);
  });

  test('waits for a snapshot that cannot be read: to number below it would be refused by every proxy', async () => {
    open();
    read = { type: 'Unavailable', reason: 'away' };
    turn(true);
    await clock.advance(2_500);
    expect(led).toEqual([]);
    read = { type: 'Absent' };
    await clock.advance(1_000);
    expect(led).toEqual([{ revision: 0, resources: new Map() }]);
  });

  test('a leader that loses the Lease stops at once, also while it is still taking over', async () => {
    open();
    read = { type: 'Unavailable', reason: 'away' };
    turn(true);
    await clock.advance(500);
    turn(false);
    read = { type: 'Absent' };
    await clock.advance(10_000);
    expect(log).toEqual(['label', 'resign', 'snapshot stops']);
  });
});
