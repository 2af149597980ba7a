import type { ListedModel, ListingReport } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ModelListings } from './model-listings.ts';

const KEY = 'provider/team/a';
const models = (...names: readonly string[]): readonly ListedModel[] => names.map((name) => ({ name }));
const report = (proxyId: string, ...listings: readonly Partial<ListingReport>[]) => ({
  proxyId,
  listings: listings.map((listing) => ({ key: KEY, subject: 's', ...listing })),
});
const names = (listings: ModelListings, subject = 's'): readonly string[] | undefined => {
  const listing = listings.current.get(subject);
  return listing === undefined ? undefined : [...listing.keys()];
};

describe('what proxies tell of lists', () => {
  test('is one list, sorted, of everything that any of them sees', () => {
    const listings = new ModelListings();
    expect(listings.merge(report('p1', { models: models('a', 'c') }))).toBe(true);
    expect(listings.merge(report('p2', { models: models('a', 'b') }))).toBe(true);
    expect(names(listings)).toEqual(['a', 'b', 'c']);
  });

  test('is no news when it says the same', () => {
    const listings = new ModelListings();
    listings.merge(report('p1', { models: models('a', 'b') }));
    const before = listings.current;
    expect(listings.merge(report('p2', { models: models('a', 'b') }))).toBe(false);
    expect(listings.merge(report('p2', { models: models('a') }))).toBe(false);
    expect(listings.merge({ proxyId: 'p1' })).toBe(false);
    expect(listings.current).toBe(before);
  });

  test('takes a model away when no proxy sees it any more', () => {
    const listings = new ModelListings();
    listings.merge(report('p1', { models: models('a', 'b') }));
    listings.merge(report('p2', { models: models('a', 'b') }));
    listings.merge(report('p1', { models: models('a') }));
    expect(names(listings)).toEqual(['a', 'b']);
    listings.merge(report('p2', { models: models('a') }));
    expect(names(listings)).toEqual(['a']);
  });

  test('is the same in whatever order they tell', () => {
    const model = fc.record({ name: fc.constantFrom('a', 'b', 'c'), contextWindow: fc.integer({ min: 1, max: 3 }) });
    const told = fc.record({
      proxyId: fc.constantFrom('p1', 'p2', 'p3'),
      models: fc.uniqueArray(model, { selector: ({ name }) => name }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(told, { selector: ({ proxyId }) => proxyId }), (tellers) => {
        const [one, other] = [new ModelListings(), new ModelListings()];
        for (const { proxyId, models: list } of tellers) one.merge(report(proxyId, { models: list }));
        for (const { proxyId, models: list } of tellers.toReversed()) other.merge(report(proxyId, { models: list }));
        expect([...one.current].map(([subject, list]) => [subject, [...list]])).toEqual(
          [...other.current].map(([subject, list]) => [subject, [...list]]),
        );
      }),
    );
  });
});

describe('what nobody can tell any more', () => {
  test('stays: proxies go, and lists cannot be read', () => {
    const listings = new ModelListings();
    listings.merge(report('p1', { models: models('a') }));
    listings.merge(report('p1', { models: models('a'), error: 'answered 503' }));
    expect(listings.gone('p1')).toBe(false);
    listings.merge(report('p2', { error: 'answered 503' }));
    expect(names(listings)).toEqual(['a']);
  });

  test('gives way to what a proxy reads now', () => {
    const listings = new ModelListings();
    listings.merge(report('p1', { models: models('a', 'old') }));
    listings.merge(report('p1', { models: models('a', 'old'), error: 'answered 503' }));
    listings.merge(report('p2', { models: models('a', 'new') }));
    expect(names(listings)).toEqual(['a', 'new']);
    // The one that knows more has gone: what the other read long ago is no news.
    expect(listings.gone('p2')).toBe(false);
    expect(names(listings)).toEqual(['a', 'new']);
  });

  test('is taken from an older list where there is nothing newer', () => {
    const listings = new ModelListings();
    listings.merge(report('p1', { models: models('a'), error: 'answered 503' }));
    expect(names(listings)).toEqual(['a']);
  });

  test('is dropped with its provider, and with another subject of it', () => {
    const listings = new ModelListings();
    listings.merge(report('p1', { models: models('a') }));
    listings.merge(report('p1', { subject: 'elsewhere', error: 'answered 401' }));
    expect(names(listings)).toEqual(['a']);
    listings.merge(report('p1', { subject: 'elsewhere', models: models('b') }));
    expect([names(listings), names(listings, 'elsewhere')]).toEqual([undefined, ['b']]);
    listings.retain((key) => key !== KEY);
    expect(listings.current.size).toBe(0);
  });
});

test('of several reasons the same one is told, as long as one proxy has it', () => {
  const listings = new ModelListings();
  listings.merge(report('p2', { error: 'b' }));
  listings.merge(report('p1', { error: 'c' }));
  expect(listings.errorOf(KEY)).toBe('b');
  listings.merge(report('p2', { models: models('a') }));
  expect(listings.errorOf(KEY)).toBe('c');
  listings.gone('p1');
  expect(listings.errorOf(KEY)).toBeUndefined();
});
