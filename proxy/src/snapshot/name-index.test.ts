import type { ModelMatch, PolicyResource } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NameIndex } from './name-index.ts';
import { samplePolicy } from './sample-table.ts';

function policy(name: string, models: readonly string[], createdAt = '2026-01-01T00:00:00Z'): PolicyResource {
  return samplePolicy(name, [], { createdAt, models: models.map(match) });
}

function match(pattern: string): ModelMatch {
  return pattern.endsWith('*') ? { type: 'Prefix', prefix: pattern.slice(0, -1) } : { type: 'Exact', name: pattern };
}

function find(policies: readonly PolicyResource[], name: string): string | undefined {
  return NameIndex.empty.withChanges([], policies).find(name, () => true)?.name;
}

/** The documented order, the slow way. */
function findSlowly(policies: readonly PolicyResource[], name: string): string | undefined {
  const claims = policies.flatMap((claimant) => claimant.models.map((claim) => ({ claimant, claim })));
  const fits = claims.filter(({ claim }) => (claim.type === 'Exact' ? claim.name === name : name.startsWith(claim.prefix)));
  const rank = (claim: ModelMatch): number => (claim.type === 'Exact' ? Number.POSITIVE_INFINITY : claim.prefix.length);
  fits.sort((a, b) => {
    const [rankA, rankB] = [rank(a.claim), rank(b.claim)];
    if (rankA !== rankB) return rankB - rankA;
    if (a.claimant.createdAt !== b.claimant.createdAt) return a.claimant.createdAt < b.claimant.createdAt ? -1 : 1;
    return a.claimant.name < b.claimant.name ? -1 : 1;
  });
  return fits[0]?.claimant.name;
}

describe('NameIndex', () => {
  test('exact before prefix, longer prefix before shorter, catch-all last', () => {
    const policies = [policy('all', ['*']), policy('team', ['team/*']), policy('deep', ['team/a/*']), policy('exact', ['team/a/b'])];
    expect(find(policies, 'team/a/b')).toBe('exact');
    expect(find(policies, 'team/a/c')).toBe('deep');
    expect(find(policies, 'team/x')).toBe('team');
    expect(find(policies, 'other')).toBe('all');
  });

  test('of equal claims the older policy wins, then the smaller name', () => {
    expect(find([policy('young', ['m'], '2026-02-01T00:00:00Z'), policy('old', ['m'], '2026-01-01T00:00:00Z')], 'm')).toBe('old');
    expect(find([policy('b', ['m']), policy('a', ['m'])], 'm')).toBe('a');
  });

  test('who is not accepted is passed over for the next claim', () => {
    const index = NameIndex.empty.withChanges([], [policy('a', ['m']), policy('b', ['m*'])]);
    expect(index.find('m', (claimant) => claimant.name !== 'a')?.name).toBe('b');
    expect(index.find('m', () => false)).toBeUndefined();
  });

  test('agrees with a plain search through any sequence of edits', () => {
    const pattern = fc.constantFrom('m', 'mm', 'a/b', 'm*', 'a/*', 'a/b*', '*');
    const wanted = fc.dictionary(
      fc.constantFrom('p1', 'p2', 'p3', 'p4'),
      fc.record({ models: fc.uniqueArray(pattern, { minLength: 1, maxLength: 3 }), month: fc.integer({ min: 1, max: 3 }) }),
    );
    fc.assert(
      fc.property(fc.array(wanted, { maxLength: 6 }), (tables) => {
        let index = NameIndex.empty;
        let held: readonly PolicyResource[] = [];
        for (const table of tables) {
          const next = Object.entries(table).map(([name, { models, month }]) => policy(name, models, `2026-0${month}-01T00:00:00Z`));
          index = index.withChanges(held, next);
          held = next;
          for (const name of ['m', 'mm', 'a/b', 'a/bc', 'a/', 'z', '']) {
            expect(index.find(name, () => true)?.name).toBe(findSlowly(held, name));
          }
        }
        expect(index.withChanges(held, []).isEmpty).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
