import { expect, test } from '@jest/globals';
import { readAccess } from './access.ts';
import { Findings } from './findings.ts';

const SAME = { from: 'Same', matchLabels: {}, namespaces: ['own'], anonymous: false };

test.each([
  [undefined, SAME],
  [{}, SAME],
  [
    { from: 'Same', anonymous: true },
    { ...SAME, anonymous: true },
  ],
  [{ from: 'All' }, { from: 'All', matchLabels: {}, namespaces: [], anonymous: false }],
  [
    { from: 'Selector', selector: { matchLabels: { b: '2', a: '1' } } },
    { from: 'Selector', matchLabels: { a: '1', b: '2' }, namespaces: [], anonymous: false },
  ],
])('%j is read', (spec, expected) => {
  const findings = new Findings();
  expect(readAccess('own', spec, findings)).toEqual(expected);
  expect(findings.accepted().reason).toBe('Accepted');
});

test.each([
  [{ from: 'Selector' }],
  [{ from: 'Selector', selector: {} }],
  [{ from: 'Selector', selector: { matchLabels: {} } }],
  [{ from: 'Selector', selector: { matchLabels: { a: 1 } } }],
  [{ from: 'Everyone' }],
  [{ from: 7 }],
])('%j lets in only the own namespace, and says so', (spec) => {
  const findings = new Findings();
  expect(readAccess('own', spec, findings)).toEqual(SAME);
  expect(findings.accepted().reason).toBe('PartiallyValid');
});

test('only the very value true admits callers without a key', () => {
  for (const anonymous of ['true', 1, {}, null]) expect(readAccess('own', { anonymous }, new Findings()).anonymous).toBe(false);
});
