import { describe, expect, test } from '@jest/globals';
import { LastGood } from './last-good.ts';
import { hashResource } from './resource-hasher.ts';
import { policyBody } from './table-fixtures.ts';

const KEY = 'policy/default/a';
const first = hashResource(policyBody('a', 1));
const second = hashResource(policyBody('a', 2));

function withFirstAccepted(): LastGood {
  const lastGood = new LastGood();
  lastGood.published(KEY, first, 1);
  lastGood.acknowledged(1);
  return lastGood;
}

describe('LastGood', () => {
  test('gives a new proxy the last accepted form instead of a refused one', () => {
    const lastGood = withFirstAccepted();
    lastGood.published(KEY, second, 2);
    lastGood.reject(KEY, second.hash, 'p1', 'no');
    expect(lastGood.formFor(KEY, second, undefined)).toBe(first);
  });

  test('leaves a refused form with the proxy that took it', () => {
    const lastGood = withFirstAccepted();
    lastGood.published(KEY, second, 2);
    lastGood.reject(KEY, second.hash, 'p1', 'no');
    expect(lastGood.formFor(KEY, second, second.hash)).toBe(second);
  });

  test('gives nothing when the only form there ever was is refused', () => {
    const lastGood = new LastGood();
    lastGood.published(KEY, first, 1);
    lastGood.reject(KEY, first.hash, 'p1', 'no');
    lastGood.acknowledged(1);
    expect(lastGood.formFor(KEY, first, undefined)).toBeUndefined();
  });

  test('falls back to the form before when one that was accepted is refused by a later proxy', () => {
    const lastGood = withFirstAccepted();
    lastGood.published(KEY, second, 2);
    lastGood.acknowledged(2);
    lastGood.reject(KEY, second.hash, 'p9', 'too new for me');
    expect(lastGood.formFor(KEY, second, undefined)).toBe(first);
  });

  test('a fixed form is given to everyone at once', () => {
    const lastGood = withFirstAccepted();
    lastGood.published(KEY, second, 2);
    lastGood.reject(KEY, second.hash, 'p1', 'no');
    const third = hashResource(policyBody('a', 3));
    lastGood.published(KEY, third, 3);
    expect(lastGood.hasRejections()).toBe(false);
    expect(lastGood.formFor(KEY, third, undefined)).toBe(third);
  });

  test('a refusal ends with the last proxy that made it', () => {
    const lastGood = withFirstAccepted();
    lastGood.published(KEY, second, 2);
    lastGood.reject(KEY, second.hash, 'p1', 'no');
    lastGood.reject(KEY, second.hash, 'p2', 'no');
    lastGood.forget('p1');
    expect(lastGood.isRejected(KEY, second.hash)).toBe(true);
    lastGood.forget('p2');
    expect(lastGood.formFor(KEY, second, undefined)).toBe(second);
  });

  test('never offers a form again that was refused as the last good one', () => {
    const lastGood = withFirstAccepted();
    lastGood.published(KEY, second, 2);
    lastGood.reject(KEY, second.hash, 'p1', 'no');
    lastGood.reject(KEY, first.hash, 'p1', 'nor this');
    expect(lastGood.formFor(KEY, second, undefined)).toBeUndefined();
  });

  test('takes over what an earlier leader saw accepted', () => {
    const lastGood = new LastGood();
    lastGood.seed([[KEY, first]]);
    lastGood.published(KEY, second, 200_000_001);
    lastGood.reject(KEY, second.hash, 'p1', 'no');
    expect(lastGood.formFor(KEY, second, undefined)).toBe(first);
  });
});
