import { expect, test } from '@jest/globals';
import type { Source } from './source.ts';
import { SourceWithListings } from './source-with-listings.ts';
import type { ModelListing, World } from './world.ts';

const EMPTY: World = {
  ...{ providers: [], policies: [], consumers: [], secrets: new Map(), services: new Map(), namespaces: new Map() },
  ...{ keySalt: '', allowedPrivateHosts: [] },
};

test('a new world comes of new objects and of new lists, and of nothing else', () => {
  let inner = EMPTY;
  const listeners: (() => void)[] = [];
  const never = (): Promise<void> => Promise.resolve();
  const source = new SourceWithListings({
    ...{ start: never, stop: never, hasSynced: () => true, world: () => inner },
    onChange: (listener) => void listeners.push(listener),
  } satisfies Source);
  let changes = 0;
  source.onChange(() => {
    changes += 1;
  });
  const first = source.world();
  expect(source.world()).toBe(first);
  const listings: ReadonlyMap<string, ModelListing> = new Map([['s', new Map([['m', { name: 'm' }]])]]);
  source.tell(listings);
  source.tell(listings);
  expect(changes).toBe(1);
  expect(source.world()).not.toBe(first);
  expect(source.world().listings).toBe(listings);
  inner = { ...EMPTY, keySalt: 'ab' };
  for (const listener of listeners) listener();
  expect(changes).toBe(2);
  expect(source.world()).toMatchObject({ keySalt: 'ab', listings });
});
