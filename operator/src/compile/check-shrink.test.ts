import type { ResourceBody, ResourceKey } from '@headgate/crds';
import { expect, test } from '@jest/globals';
import type { World } from '../collect/world.ts';
import { checkShrink } from './check-shrink.ts';

function world(generations: Readonly<Record<string, number>>): World {
  const policies = Object.entries(generations).map(([name, generation]) => ({ metadata: { namespace: 'a', name, uid: name, generation } }));
  const empty = {
    providers: [],
    consumers: [],
    secrets: new Map(),
    services: new Map(),
    namespaces: new Map(),
    keySalt: '',
    allowedPrivateHosts: [],
  };
  return Object.assign({ policies: [] }, empty, { policies });
}

function table(generations: Readonly<Record<string, number>>): ReadonlyMap<ResourceKey, ResourceBody> {
  const bodies = Object.entries(generations).map(([name, generation]): [ResourceKey, ResourceBody] => [
    `policy/a/${name}`,
    {
      type: 'policy',
      namespace: 'a',
      name,
      uid: name,
      generation,
      createdAt: '',
      models: [],
      access: { from: 'Same', matchLabels: {}, namespaces: ['a'], anonymous: false },
      rules: [],
      resilience: { attempts: 3, budgetPercent: 20, whenAllOpen: 'LeastBad' },
      onLossy: 'Warn',
    },
  ]);
  return new Map([['settings', { type: 'settings', keySalt: '' }], ...bodies]);
}

const FOUR = { p: 1, q: 1, r: 1, s: 1 };

test('a table that loses more than half of the unchanged policies is refused, naming them', () => {
  const verdict = checkShrink(table(FOUR), table({ p: 1 }), world(FOUR));
  expect(verdict).toMatchObject({ type: 'refuse' });
  expect(verdict.type === 'refuse' && verdict.message).toContain(
    'it lost 3 of 4 RoutePolicies, such as policy/a/q, policy/a/r, policy/a/s',
  );
});

test('losing half is let through', () => expect(checkShrink(table(FOUR), table({ p: 1, q: 1 }), world(FOUR))).toEqual({ type: 'publish' }));

test('what users deleted is not a loss', () =>
  expect(checkShrink(table(FOUR), table({ p: 1 }), world({ p: 1 }))).toEqual({ type: 'publish' }));

test('what users edited is not a loss', () => {
  expect(checkShrink(table(FOUR), table({ p: 1 }), world({ p: 1, q: 2, r: 2, s: 2 }))).toEqual({ type: 'publish' });
});

test('an empty world makes an empty table', () => expect(checkShrink(table(FOUR), table({}), world({}))).toEqual({ type: 'publish' }));

test('the first table has nothing to lose', () => expect(checkShrink(new Map(), table(FOUR), world(FOUR))).toEqual({ type: 'publish' }));

test('a table without settings is refused, since no key would be known', () => {
  expect(checkShrink(table({}), new Map(), world({}))).toMatchObject({ type: 'refuse' });
});
