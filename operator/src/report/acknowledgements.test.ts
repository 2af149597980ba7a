import { beforeEach, describe, expect, test } from '@jest/globals';
import { Acknowledgements } from './acknowledgements.ts';

const A = 'provider/team-a/a';
const B = 'policy/team-a/b';
const table = (revision: number, hashes: Readonly<Record<string, string>>): Parameters<Acknowledgements['published']>[0] => ({
  revision,
  resources: new Map(Object.entries(hashes).map(([key, hash]) => [key, { hash }])),
});

let acknowledgements: Acknowledgements;
beforeEach(() => {
  acknowledgements = new Acknowledgements();
});

describe('programming', () => {
  test('counts proxies that acknowledged the first revision with the present form', () => {
    acknowledgements.published(table(10, { [A]: 'a1', [B]: 'b1' }));
    acknowledgements.acked('p1', 10, []);
    acknowledgements.joined('p2');
    expect(acknowledgements.programming(A)).toEqual({ revision: 10, applied: 1, total: 2, rejected: [] });
    acknowledgements.acked('p2', 10, []);
    expect(acknowledgements.programming(A)).toMatchObject({ applied: 2, total: 2 });
  });

  test('an edit of one object leaves the others programmed', () => {
    acknowledgements.published(table(10, { [A]: 'a1', [B]: 'b1' }));
    acknowledgements.acked('p1', 10, []);
    acknowledgements.published(table(11, { [A]: 'a2', [B]: 'b1' }));
    expect(acknowledgements.programming(A)).toMatchObject({ revision: 11, applied: 0 });
    expect(acknowledgements.programming(B)).toMatchObject({ revision: 10, applied: 1 });
  });

  test('a refused form is named with its reason until it changes, also after later acks without it', () => {
    acknowledgements.published(table(10, { [A]: 'a1' }));
    acknowledgements.acked('p1', 10, [{ key: A, hash: 'a1', reason: 'unknown dialect' }]);
    acknowledgements.published(table(11, { [A]: 'a1', [B]: 'b1' }));
    acknowledgements.acked('p1', 11, []);
    expect(acknowledgements.programming(A)).toEqual({
      revision: 10,
      applied: 0,
      total: 1,
      rejected: [{ proxy: 'p1', reason: 'unknown dialect' }],
    });
    acknowledgements.published(table(12, { [A]: 'a2', [B]: 'b1' }));
    expect(acknowledgements.programming(A)).toMatchObject({ applied: 0, rejected: [] });
    acknowledgements.acked('p1', 12, []);
    expect(acknowledgements.programming(A)).toMatchObject({ applied: 1, rejected: [] });
  });

  test('a refusal of a form that was replaced meanwhile is ignored', () => {
    acknowledgements.published(table(10, { [A]: 'a1' }));
    acknowledgements.published(table(11, { [A]: 'a2' }));
    acknowledgements.acked('p1', 10, [{ key: A, hash: 'a1', reason: 'x' }]);
    expect(acknowledgements.programming(A)).toMatchObject({ applied: 0, rejected: [] });
  });

  test('a proxy that joins after a refusal does not hold the form, and the answer says why', () => {
    acknowledgements.published(table(10, { [A]: 'a1' }));
    acknowledgements.acked('p1', 10, []);
    acknowledgements.acked('p2', 10, [{ key: A, hash: 'a1', reason: 'too new' }]);
    acknowledgements.acked('p3', 10, []);
    const { applied, total, rejected } = acknowledgements.programming(A);
    expect({ applied, total }).toEqual({ applied: 1, total: 3 });
    expect(rejected.map(({ proxy }) => proxy)).toEqual(['p2', 'p3']);
    expect(rejected[1]?.reason).toBe('given the last good form, because p2 refused this one: too new');
  });

  test('a proxy that is gone no longer counts, nor do its refusals', () => {
    acknowledgements.published(table(10, { [A]: 'a1' }));
    acknowledgements.acked('p1', 10, [{ key: A, hash: 'a1', reason: 'x' }]);
    acknowledgements.gone('p1');
    acknowledgements.acked('p2', 10, []);
    expect(acknowledgements.programming(A)).toEqual({ revision: 10, applied: 1, total: 1, rejected: [] });
  });

  test('a resource that left the table is held by nobody', () => {
    acknowledgements.published(table(10, { [A]: 'a1' }));
    acknowledgements.acked('p1', 10, []);
    acknowledgements.published(table(11, {}));
    expect(acknowledgements.programming(A)).toEqual({ revision: 0, applied: 0, total: 1, rejected: [] });
  });

  test('late acks of older revisions take nothing back', () => {
    acknowledgements.published(table(10, { [A]: 'a1' }));
    acknowledgements.acked('p1', 10, []);
    acknowledgements.acked('p1', 9, []);
    expect(acknowledgements.programming(A)).toMatchObject({ applied: 1 });
  });
});
