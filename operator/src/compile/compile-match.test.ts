import { describe, expect, test } from '@jest/globals';
import { compileMatch } from './compile-match.ts';

test.each([[undefined], [null], [{}], [{ headers: [], keywords: [], consumers: {} }], [{ inputTokens: {} }]])(
  '%j takes every request',
  (spec) => {
    expect(compileMatch(spec)).toEqual({ type: 'usable' });
  },
);

test('every condition is carried over, header names in lower case', () => {
  const spec = {
    headers: [
      { name: 'X-Team', value: 'Search' },
      { name: 'x-app', value: 'bot', type: 'Prefix' },
    ],
    consumers: { names: ['bot'], tiers: ['gold'], selector: { matchLabels: { team: 'search' } } },
    keywords: ['refund'],
    inputTokens: { min: 10, max: 20 },
    tools: 'Absent',
    modalities: ['Image', 'Text'],
  };
  expect(compileMatch(spec)).toEqual({
    type: 'usable',
    match: {
      headers: [
        { name: 'x-team', value: 'Search', type: 'Exact' },
        { name: 'x-app', value: 'bot', type: 'Prefix' },
      ],
      consumers: { names: ['bot'], tiers: ['gold'], matchLabels: { team: 'search' } },
      keywords: ['refund'],
      inputTokens: { min: 10, max: 20 },
      tools: 'Absent',
      modalities: ['Image', 'Text'],
    },
  });
});

describe('a condition that cannot be understood breaks the match instead of widening it', () => {
  test.each([
    ['headers', [{ name: 'x', value: 7 }]],
    ['headers', [{ name: '', value: 'x' }]],
    ['headers', [{ name: 'x', value: 'x', type: 'Suffix' }]],
    ['headers', 'x: y'],
    ['consumers', []],
    ['consumers', { names: [''] }],
    ['consumers', { tiers: 'gold' }],
    ['consumers', { selector: {} }],
    ['consumers', { selector: { matchLabels: { team: 7 } } }],
    ['keywords', ['ok', 7]],
    ['keywords', Array.from({ length: 65 }, (_, i) => `k${i}`)],
    ['inputTokens', { min: -1 }],
    ['inputTokens', { min: 2, max: 1 }],
    ['inputTokens', { max: Number.NaN }],
    ['inputTokens', 5],
    ['tools', 'Maybe'],
    ['modalities', ['Smell']],
  ])('%s: %j', (field, value) => expect(compileMatch({ [field]: value })).toEqual({ type: 'broken', field: `match.${field}` }));

  test('the whole match', () => expect(compileMatch('always')).toEqual({ type: 'broken', field: 'match' }));
});
