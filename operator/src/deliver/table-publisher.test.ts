import { beforeEach, describe, expect, test } from '@jest/globals';
import { LastGood } from './last-good.ts';
import { policyBody, resourcesOf } from './table-fixtures.ts';
import { TablePublisher } from './table-publisher.ts';

const NOTHING = { revision: 0, resources: new Map() };

describe('TablePublisher', () => {
  let publisher: TablePublisher;
  beforeEach(() => {
    publisher = new TablePublisher(new LastGood());
  });

  test('gives the first table of a term the revision term x 1e8 + 1', () => {
    publisher.lead(3, NOTHING);
    const outcome = publisher.publish({ resources: resourcesOf(policyBody('a')), term: 3, changedAtMs: 5 });
    expect(outcome).toMatchObject({
      type: 'Published',
      changed: 1,
      table: { revision: 300_000_001, emptyConfirmed: false, changedAtMs: 5 },
    });
  });

  test('numbers above what an earlier leader published even when terms began anew', () => {
    publisher.lead(1, { revision: 700_000_042, resources: new Map() });
    publisher.publish({ resources: resourcesOf(policyBody('a')), term: 1, changedAtMs: 0 });
    expect(publisher.table()?.revision).toBe(700_000_043);
  });

  test('refuses what was compiled under another term, and everything when it does not lead', () => {
    expect(publisher.publish({ resources: resourcesOf(policyBody('a')), term: 0, changedAtMs: 0 }).type).toBe('StaleTerm');
    publisher.lead(2, NOTHING);
    expect(publisher.publish({ resources: resourcesOf(policyBody('a')), term: 1, changedAtMs: 0 }).type).toBe('StaleTerm');
    publisher.resign();
    expect(publisher.publish({ resources: resourcesOf(policyBody('a')), term: 2, changedAtMs: 0 }).type).toBe('StaleTerm');
    expect(publisher.table()).toBeUndefined();
  });

  test('publishes nothing when nothing changed, whatever the order of the resources', () => {
    publisher.lead(1, NOTHING);
    publisher.publish({ resources: resourcesOf(policyBody('a'), policyBody('b')), term: 1, changedAtMs: 0 });
    expect(publisher.publish({ resources: resourcesOf(policyBody('b'), policyBody('a')), term: 1, changedAtMs: 0 }).type).toBe('Unchanged');
  });

  test('knows which resources changed since a revision, deletions included', () => {
    publisher.lead(1, NOTHING);
    publisher.publish({ resources: resourcesOf(policyBody('a'), policyBody('b')), term: 1, changedAtMs: 0 });
    const first = publisher.table()?.revision ?? 0;
    publisher.publish({ resources: resourcesOf(policyBody('a', 2), policyBody('b')), term: 1, changedAtMs: 0 });
    publisher.publish({ resources: resourcesOf(policyBody('a', 2)), term: 1, changedAtMs: 0 });
    expect([...(publisher.changesSince(first) ?? [])].sort()).toEqual(['policy/default/a', 'policy/default/b']);
    expect([...(publisher.changesSince(first + 1) ?? [])]).toEqual(['policy/default/b']);
    expect(publisher.revisionOf('policy/default/a')).toBe(first + 1);
    expect(publisher.revisionOf('policy/default/b')).toBeUndefined();
  });

  test('does not pretend to know changes from before its time', () => {
    publisher.lead(2, NOTHING);
    publisher.publish({ resources: resourcesOf(policyBody('a')), term: 2, changedAtMs: 0 });
    expect(publisher.changesSince(100_000_007)).toBeUndefined();
  });

  test('confirms emptiness only when there is no policy', () => {
    publisher.lead(1, NOTHING);
    publisher.publish({ resources: new Map([['settings', { type: 'settings', keySalt: '' }]]), term: 1, changedAtMs: 0 });
    expect(publisher.table()?.emptyConfirmed).toBe(true);
  });

  test('remembers what the leader before published, as the base of the shrink guard', () => {
    publisher.lead(2, { revision: 100_000_001, resources: new Map([['policy/default/a', { hash: 'h', body: policyBody('a') }]]) });
    expect([...publisher.resources().keys()]).toEqual(['policy/default/a']);
  });
});
