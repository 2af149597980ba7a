import { CONDITION_REASONS, CONDITION_TYPES, type Condition } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ObjectDiagnostics } from '../compile/compilation.ts';
import type { Programming } from './acknowledgements.ts';
import { buildConditions, dataplaneStatus, programmedText } from './conditions.ts';

const ACCEPTED: ObjectDiagnostics = {
  key: 'provider/team-a/openai',
  generation: 3,
  accepted: { status: 'True', reason: 'Accepted', message: 'fine' },
  resolvedRefs: { status: 'True', reason: 'ResolvedRefs', message: 'fine' },
};
const INVALID: ObjectDiagnostics = { ...ACCEPTED, accepted: { status: 'False', reason: 'Invalid', message: '`type` is wrong' } };
const UNRESOLVED: ObjectDiagnostics = { ...ACCEPTED, resolvedRefs: { status: 'False', reason: 'SecretNotFound', message: 'no Secret' } };
const ALL: Programming = { revision: 7, applied: 3, total: 3, rejected: [] };
const NOW = '2026-06-01T12:00:00Z';

function build(diagnostics: ObjectDiagnostics, programming: Programming, previous?: readonly Condition[]): readonly Condition[] {
  return buildConditions({ diagnostics, programming, previous, now: NOW });
}

function summary(conditions: readonly Condition[]): readonly string[] {
  return conditions.map(({ type, status, reason }) => `${type}=${status}/${reason}`);
}

test('an object that is valid and everywhere is Ready', () => {
  expect(summary(build(ACCEPTED, ALL))).toEqual([
    'Accepted=True/Accepted',
    'ResolvedRefs=True/ResolvedRefs',
    'Programmed=True/Programmed',
    'Ready=True/Ready',
  ]);
});

test.each([
  ['no proxy is connected', { revision: 7, applied: 0, total: 0, rejected: [] }, 'NoProxies'],
  ['no proxy has answered', { revision: 7, applied: 0, total: 2, rejected: [] }, 'Pending'],
  ['some have answered', { revision: 7, applied: 1, total: 2, rejected: [] }, 'PartiallyProgrammed'],
  ['one refused it', { revision: 7, applied: 1, total: 2, rejected: [{ proxy: 'p', reason: 'unknown dialect' }] }, 'Rejected'],
  ['it is not in the table yet', { revision: 0, applied: 0, total: 2, rejected: [] }, 'Pending'],
] as const)('Programmed is False while %s', (_, programming, reason) => {
  expect(summary(build(ACCEPTED, programming)).slice(2)).toEqual([`Programmed=False/${reason}`, 'Ready=False/NotProgrammed']);
});

test('a refusal is told with the name of the proxy and its reason', () => {
  const rejected = [{ proxy: 'proxy-0', reason: 'unknown dialect' }];
  const programmed = build(ACCEPTED, { revision: 7, applied: 1, total: 2, rejected })[2];
  expect(programmed?.message).toBe(
    '1 of 2 proxies hold the object; proxy-0 refused it: unknown dialect; the last good form keeps serving there',
  );
});

test('what is not accepted is not programmed, even while its last good form is everywhere', () => {
  expect(summary(build(INVALID, ALL)).slice(2)).toEqual(['Programmed=False/Pending', 'Ready=False/NotAccepted']);
  expect(dataplaneStatus(INVALID, ALL)).toEqual({ revision: 7, applied: 0, total: 3 });
});

test('Ready names the first thing that is missing', () => {
  const ready = build(UNRESOLVED, ALL).at(-1);
  expect(ready).toMatchObject({ type: 'Ready', status: 'False', reason: 'UnresolvedRefs', message: 'no Secret' });
});

test('Conflicted is there only while it is true', () => {
  const conflicted = { status: 'True', reason: 'NameTaken', message: 'held by team-a/b' } as const;
  expect(summary(build({ ...ACCEPTED, conflicted }, ALL))).toContain('Conflicted=True/NameTaken');
  expect(summary(build(ACCEPTED, ALL)).some((text) => text.startsWith('Conflicted'))).toBe(false);
});

test('Healthy is there when it is given', () => {
  const health = { status: 'Unknown', reason: 'NoTraffic', message: 'nothing was sent' } as const;
  expect(summary(buildConditions({ diagnostics: ACCEPTED, programming: ALL, health, previous: undefined, now: NOW }))).toContain(
    'Healthy=Unknown/NoTraffic',
  );
});

describe('lastTransitionTime', () => {
  const then = '2026-01-01T00:00:00Z';
  const before = build(ACCEPTED, ALL).map((condition) => ({ ...condition, lastTransitionTime: then }));

  test('stays while the status is the same, whatever else changes', () => {
    const partially = { ...ACCEPTED, generation: 4, accepted: { status: 'True', reason: 'PartiallyValid', message: 'almost' } } as const;
    const after = build(partially, ALL, before);
    expect(after.map((condition) => condition.lastTransitionTime)).toEqual([then, then, then, then]);
    expect(after[0]).toMatchObject({ reason: 'PartiallyValid', observedGeneration: 4 });
  });

  test('moves with the status', () => {
    const times = build(UNRESOLVED, ALL, before).map(({ type, lastTransitionTime }) => [type, lastTransitionTime]);
    expect(times).toEqual([
      ['Accepted', then],
      ['ResolvedRefs', NOW],
      ['Programmed', then],
      ['Ready', NOW],
    ]);
  });
});

test('every type and reason that can come out is in the catalogue of conditions', () => {
  const verdicts = fc.constantFrom(ACCEPTED, INVALID, UNRESOLVED);
  const programming = fc.record({
    revision: fc.nat(9),
    applied: fc.nat(3),
    total: fc.nat(3),
    rejected: fc.array(fc.record({ proxy: fc.string(), reason: fc.string() }), { maxLength: 20 }),
  });
  fc.assert(
    fc.property(verdicts, programming, (diagnostics, state) => {
      for (const { type, reason, message } of build(diagnostics, state)) {
        expect(Object.keys(CONDITION_TYPES)).toContain(type);
        expect(Object.keys(CONDITION_REASONS[type as keyof typeof CONDITION_REASONS])).toContain(reason);
        expect(message.length).toBeLessThanOrEqual(4096);
      }
      expect(dataplaneStatus(diagnostics, state).rejected?.length ?? 0).toBeLessThanOrEqual(16);
    }),
  );
});

test('the column shows applied and total', () => expect(programmedText({ revision: 1, applied: 2, total: 3 })).toBe('2/3'));
