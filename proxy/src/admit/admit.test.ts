import type { PolicyAccess } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { callerOf, sampleSnapshot } from '../snapshot/sample-snapshot.ts';
import { sampleConsumer, samplePolicy } from '../snapshot/sample-table.ts';
import { callerError } from '../wire/caller-error.ts';
import { admit } from './admit.ts';

const GOLD: PolicyAccess = { from: 'Selector', matchLabels: { tier: 'gold' }, namespaces: [], anonymous: false };
const OPEN: PolicyAccess = { from: 'Same', matchLabels: {}, namespaces: ['team'], anonymous: true };

const snapshot = sampleSnapshot([
  samplePolicy('assistant', []),
  samplePolicy('premium', [], { access: GOLD }),
  samplePolicy('free', [], { access: OPEN }),
  sampleConsumer('app'),
  sampleConsumer('narrow', { models: [{ type: 'Prefix', prefix: 'fr' }] }),
]);

function outcome(caller: string, model: string): string {
  const who = caller === 'anonymous' ? ({ type: 'anonymous' } as const) : callerOf(snapshot, caller);
  const admission = admit(snapshot, who, model);
  return admission.type === 'admitted' ? admission.policy.id : `${admission.error.status} ${admission.error.code}`;
}

describe('admit', () => {
  test.each([
    ['app', 'assistant', 'team/assistant'],
    ['app', 'nope', '404 model_not_found'],
    ['app', 'premium', '403 model_not_allowed'],
    ['narrow', 'free', 'team/free'],
    ['narrow', 'assistant', '403 model_not_allowed'],
    ['anonymous', 'free', 'team/free'],
    ['anonymous', 'assistant', '401 missing_api_key'],
    ['anonymous', 'nope', '401 missing_api_key'],
  ])('%s asks for %s: %s', (caller, model, expected) => {
    expect(outcome(caller, model)).toBe(expected);
  });

  test('a key that nobody knows is refused as such where the policy wants one', () => {
    const keyRefusal = callerError('invalid_api_key', 'The API key is not known.');
    expect(admit(snapshot, { type: 'anonymous', keyRefusal }, 'free').type).toBe('admitted');
    expect(admit(snapshot, { type: 'anonymous', keyRefusal }, 'assistant')).toEqual({ type: 'refused', error: keyRefusal });
  });

  test('where no consumer has a key, a name that nobody answers to is 404 for everyone', () => {
    const open = sampleSnapshot([samplePolicy('assistant', []), samplePolicy('free', [], { access: OPEN })]);
    expect(admit(open, { type: 'anonymous' }, 'nope')).toMatchObject({ error: { status: 404, code: 'model_not_found' } });
  });

  test('messages name the model, bounded and printable', () => {
    const admission = admit(snapshot, callerOf(snapshot, 'app'), `evil\n\u0000${'x'.repeat(1_000)}`);
    if (admission.type !== 'refused') throw new Error('expected a refusal');
    expect(admission.error.message).toContain("'evil??xxx");
    expect(admission.error.message.length).toBeLessThan(250);
    expect(admission.error.param).toBe('model');
  });
});
