import { describe, expect, test } from '@jest/globals';
import { BehaviourBook } from './behaviour-book.ts';

const DEFAULTS = { firstTokenMs: 1, tokenMs: 1 };

describe('BehaviourBook', () => {
  test('overlays script, model suffix and header, the nearest to the request last', () => {
    const book = new BehaviourBook(DEFAULTS);
    book.replaceScripts([{ behaviour: { status: 500, tokenMs: 2, firstTokenMs: 2 } }], []);
    expect(book.behaviourFor({ model: 'm!status=501,token-ms=3', header: 'status=502' })).toEqual({
      type: 'behaviour',
      behaviour: { firstTokenMs: 2, tokenMs: 3, status: 502 },
    });
  });

  test('applies a script as many times as it says, to its model only', () => {
    const book = new BehaviourBook(DEFAULTS);
    book.replaceScripts([{ behaviour: { status: 500 }, model: 'a', times: 1 }], []);
    const statusOf = (model: string) => {
      const answer = book.behaviourFor({ model });
      return answer.type === 'behaviour' ? answer.behaviour.status : answer.message;
    };
    expect([statusOf('b'), statusOf('a'), statusOf('a')]).toEqual([undefined, 500, undefined]);
  });

  test('lets every key in until keys are named', () => {
    const book = new BehaviourBook(DEFAULTS);
    expect(book.admitsKey('anything')).toBe(true);
    book.replaceScripts([], ['right']);
    expect([book.admitsKey('right'), book.admitsKey('wrong')]).toEqual([true, false]);
  });
});
