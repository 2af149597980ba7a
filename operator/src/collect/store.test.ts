import { beforeEach, describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../support/kube-object.ts';
import { silentLogger } from '../support/logger.ts';
import { Store } from './store.ts';

let changed: string[];
let store: Store<KubeObject>;

function newStore(scopes: readonly string[], read: (object: KubeObject) => KubeObject | undefined = (object) => object): Store<KubeObject> {
  const created = new Store<KubeObject>({
    name: 'test',
    scopes,
    read,
    indexers: { team: (object) => Object.values(object.metadata.labels ?? {}) },
    logger: silentLogger,
    count: () => undefined,
  });
  created.onChange((key) => changed.push(key));
  return created;
}

beforeEach(() => {
  changed = [];
  store = newStore(['']);
});

function object(name: string, resourceVersion: string, team?: string): KubeObject {
  return { metadata: { name, namespace: 'ns', resourceVersion, labels: team === undefined ? {} : { team } } };
}

function versions(): readonly (string | undefined)[] {
  return store.list().map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`);
}

describe('a list', () => {
  test('brings what is new, takes what is gone and does not mention what is the same', () => {
    store.replace('', [object('a', '1'), object('b', '1'), object('c', '1')]);
    changed = [];
    store.replace('', [object('a', '1'), object('b', '2')]);
    expect(versions()).toEqual(['a@1', 'b@2']);
    expect([...changed].sort()).toEqual(['ns/b', 'ns/c']);
  });

  test('is believed even where it is older than what is held', () => {
    store.replace('', [object('a', '9')]);
    store.replace('', [object('a', '3')]);
    expect(versions()).toEqual(['a@3']);
  });

  test('of one namespace leaves the others alone, and the store has synced when each was listed', () => {
    store = newStore(['ns', 'other']);
    store.replace('ns', [object('a', '1')]);
    expect(store.hasSynced()).toBe(false);
    store.replace('other', []);
    expect(store.hasSynced()).toBe(true);
    expect(versions()).toEqual(['a@1']);
  });

  test('that is empty still tells that the store has synced', () => {
    let told = 0;
    store.onSynced(() => {
      told += 1;
    });
    store.replace('', []);
    store.replace('', []);
    expect(told).toBe(1);
  });
});

describe('an event', () => {
  test('from the past changes nothing, neither by update nor by removal', () => {
    store.upsert(object('a', '10'));
    store.upsert(object('a', '9'));
    store.remove(object('a', '8'));
    expect(versions()).toEqual(['a@10']);
  });

  test('of a version beyond 2^53 is ordered right', () => {
    store.upsert(object('a', '9007199254740993'));
    store.upsert(object('a', '9007199254740992'));
    expect(versions()).toEqual(['a@9007199254740993']);
  });

  test('that removes takes the object out of its indexes', () => {
    store.upsert(object('a', '1', 'red'));
    store.upsert(object('b', '2', 'red'));
    store.upsert(object('b', '3', 'blue'));
    expect(store.byIndex('team', 'red').map(({ metadata }) => metadata.name)).toEqual(['a']);
    store.remove(object('a', '4'));
    expect(store.byIndex('team', 'red')).toEqual([]);
    expect([...store.indexValues('team')]).toEqual(['blue']);
  });
});

test('the list is in the order of keys, and the same array until something changes', () => {
  store.upsert(object('b', '1'));
  store.upsert(object('a', '2'));
  const before = store.list();
  expect(versions()).toEqual(['a@2', 'b@1']);
  expect(store.list()).toBe(before);
  store.upsert(object('c', '3'));
  expect(store.list()).not.toBe(before);
});

test('an object that cannot be read is left out and does not keep the others from being listed', () => {
  store = newStore([''], (read) => {
    if (read.metadata.name === 'poison') throw new Error('a bug');
    return read;
  });
  store.replace('', [object('a', '1'), object('poison', '1'), object('b', '1')]);
  expect(versions()).toEqual(['a@1', 'b@1']);
  expect(store.hasSynced()).toBe(true);
});
