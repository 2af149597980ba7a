import type { RuleMatch } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import type { CallFacts } from '../wire/call-facts.ts';
import { compileRuleMatch } from './compile-rule-match.ts';
import { sampleFacts } from './sample-table.ts';

const bot = { id: 'team/bot', name: 'bot', namespace: 'team', tier: 'gold', labels: { app: 'search', env: 'prod' } };

function matches(match: RuleMatch | undefined, facts: Partial<CallFacts>): boolean {
  return compileRuleMatch(match, 'team')(sampleFacts(facts));
}

describe('compileRuleMatch', () => {
  test('a rule without a match always matches', () => {
    expect(matches(undefined, {})).toBe(true);
    expect(matches({}, {})).toBe(true);
  });

  test('headers: names in any case, values exact or by prefix, any of several occurrences', () => {
    const rawHeaders = ['Host', 'x', 'X-Team', 'blue', 'x-team', 'green-7'];
    expect(matches({ headers: [{ name: 'x-TEAM', value: 'blue', type: 'Exact' }] }, { rawHeaders })).toBe(true);
    expect(matches({ headers: [{ name: 'x-team', value: 'green', type: 'Exact' }] }, { rawHeaders })).toBe(false);
    expect(matches({ headers: [{ name: 'x-team', value: 'green', type: 'Prefix' }] }, { rawHeaders })).toBe(true);
    expect(matches({ headers: [{ name: '__proto__', value: '', type: 'Prefix' }] }, { rawHeaders })).toBe(false);
  });

  test('headers: every one of them must hold', () => {
    const headers = [
      { name: 'a', value: '1', type: 'Exact' as const },
      { name: 'b', value: '2', type: 'Exact' as const },
    ];
    expect(matches({ headers }, { rawHeaders: ['a', '1'] })).toBe(false);
    expect(matches({ headers }, { rawHeaders: ['a', '1', 'b', '2'] })).toBe(true);
  });

  test('consumers: by name in the policy’s namespace, or by namespace/name', () => {
    expect(matches({ consumers: { names: ['bot'] } }, { consumer: bot })).toBe(true);
    expect(matches({ consumers: { names: ['team/bot'] } }, { consumer: bot })).toBe(true);
    expect(matches({ consumers: { names: ['bot'] } }, { consumer: { ...bot, id: 'other/bot', namespace: 'other' } })).toBe(false);
  });

  test('consumers: tier and labels; anonymous callers never match', () => {
    expect(matches({ consumers: { tiers: ['silver', 'gold'] } }, { consumer: bot })).toBe(true);
    expect(matches({ consumers: { tiers: ['silver'] } }, { consumer: bot })).toBe(false);
    expect(matches({ consumers: { tiers: ['gold'] } }, { consumer: { ...bot, tier: undefined } })).toBe(false);
    expect(matches({ consumers: { matchLabels: { app: 'search' } } }, { consumer: bot })).toBe(true);
    expect(matches({ consumers: { matchLabels: { app: 'search', env: 'dev' } } }, { consumer: bot })).toBe(false);
    expect(matches({ consumers: { matchLabels: { constructor: 'Object' } } }, { consumer: bot })).toBe(false);
    expect(matches({ consumers: { names: ['bot'] } }, { consumer: undefined })).toBe(false);
  });

  test('keywords: whole words of the last user message', () => {
    expect(matches({ keywords: ['refund'] }, { lastUserText: 'A Refund, please' })).toBe(true);
    expect(matches({ keywords: ['refund'] }, { lastUserText: 'refunds' })).toBe(false);
  });

  test('inputTokens: both ends are included', () => {
    const at = (inputTokens: number): boolean => matches({ inputTokens: { min: 10, max: 20 } }, { inputTokens });
    expect([9, 10, 20, 21].map(at)).toEqual([false, true, true, false]);
    expect(matches({ inputTokens: { min: 10 } }, { inputTokens: 1e9 })).toBe(true);
  });

  test('tools: Present and Absent', () => {
    expect(matches({ tools: 'Present' }, { hasTools: true })).toBe(true);
    expect(matches({ tools: 'Present' }, { hasTools: false })).toBe(false);
    expect(matches({ tools: 'Absent' }, { hasTools: true })).toBe(false);
  });

  test('modalities: every one must occur', () => {
    expect(matches({ modalities: ['Image'] }, { hasImages: true })).toBe(true);
    expect(matches({ modalities: ['Image', 'Audio'] }, { hasImages: true })).toBe(false);
    expect(matches({ modalities: ['File'] }, { hasFiles: true })).toBe(true);
    expect(matches({ modalities: ['Text'] }, {})).toBe(true);
  });

  test('every present field must hold', () => {
    const match: RuleMatch = { tools: 'Present', keywords: ['refund'] };
    expect(matches(match, { hasTools: true, lastUserText: 'refund' })).toBe(true);
    expect(matches(match, { hasTools: true, lastUserText: 'hello' })).toBe(false);
  });
});
