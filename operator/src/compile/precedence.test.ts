import type { ModelMatch } from '@headgate/crds';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareClaims, type ModelClaim } from './precedence.ts';

const OLD = '2026-01-01T00:00:00Z';
const NEW = '2026-02-01T00:00:00Z';
const exact = (name: string): ModelMatch => ({ type: 'Exact', name });
const prefix = (text: string): ModelMatch => ({ type: 'Prefix', prefix: text });
const claim = (match: ModelMatch, createdAt = OLD, namespace = 'a', name = 'p'): ModelClaim => ({ match, createdAt, namespace, name });

test.each([
  ['an exact name, even a younger one, before a prefix', claim(exact('team/x'), NEW), claim(prefix('team/'))],
  ['an exact name before a prefix of any length', claim(exact('x'), NEW), claim(prefix('x'.repeat(200)))],
  ['the longer prefix before the shorter', claim(prefix('team/a/'), NEW), claim(prefix('team/'))],
  ['any prefix before the star alone', claim(prefix('a/'), NEW), claim(prefix(''))],
  ['the older policy before the younger', claim(exact('x'), OLD, 'z', 'z'), claim(exact('x'), NEW, 'a', 'a')],
  ['a known age before an unknown one', claim(exact('x'), NEW, 'z', 'z'), claim(exact('x'), '', 'a', 'a')],
  ['the namespace, then the name, in code-unit order', claim(exact('x'), OLD, 'a', 'z'), claim(exact('x'), OLD, 'b', 'a')],
  ['the name, in code-unit order', claim(exact('x'), OLD, 'a', 'a'), claim(exact('x'), OLD, 'a', 'b')],
])('%s', (_, first, second) => {
  expect(compareClaims(first, second)).toBeLessThan(0);
  expect(compareClaims(second, first)).toBeGreaterThan(0);
});

test('is a total order: sorting any shuffle gives the same sequence', () => {
  const matches = fc.oneof(fc.constantFrom('x', 'y').map(exact), fc.constantFrom('', 'a/', 'a/b/').map(prefix));
  const claims = fc.record({
    match: matches,
    createdAt: fc.constantFrom(OLD, NEW, ''),
    namespace: fc.constantFrom('a', 'b'),
    name: fc.constantFrom('p', 'q'),
  });
  fc.assert(
    fc.property(
      fc
        .array(claims, { maxLength: 8 })
        .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([list, shuffled]) => {
        const order = (items: readonly ModelClaim[]): readonly string[] =>
          [...items]
            .sort(compareClaims)
            .map(({ createdAt, namespace, name, match }) =>
              JSON.stringify([match.type === 'Exact' ? 0 : match.prefix.length, createdAt, namespace, name]),
            );
        expect(order(shuffled)).toEqual(order(list));
      },
    ),
  );
});
