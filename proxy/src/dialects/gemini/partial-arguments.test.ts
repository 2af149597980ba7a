import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../wire/json.ts';
import { foldAnswer } from '../fold-answer.ts';
import { PartialArguments } from './partial-arguments.ts';
import { GeminiStreamDecoder } from './stream-decoder.ts';

function argumentsOf(...pieces: readonly JsonObject[]): unknown {
  const args = new PartialArguments({});
  for (const piece of pieces) args.push({ partialArgs: [piece] });
  return JSON.parse(args.json());
}

describe('arguments in pieces', () => {
  test('texts go on while they say so, and start anew otherwise', () => {
    const said = (text: string, willContinue?: boolean): JsonObject => ({
      jsonPath: '$.city',
      stringValue: text,
      ...(willContinue !== undefined && { willContinue }),
    });
    expect(argumentsOf(said('Bos', true), said('ton', true), said(''))).toEqual({ city: 'Boston' });
    expect(argumentsOf(said('Boston'), said('Rome'))).toEqual({ city: 'Rome' });
  });

  test('objects, lists, numbers, truth values and nulls stand where their paths say', () => {
    expect(
      argumentsOf(
        { jsonPath: '$.recipe.steps[0].text', stringValue: 'Boil' },
        { jsonPath: '$.recipe.steps[0].minutes', numberValue: 8.5 },
        { jsonPath: "$.recipe['with salt']", boolValue: false },
        { jsonPath: '$.recipe.steps[1]', nullValue: 'NULL_VALUE' },
        { jsonPath: '$["__proto__"].x', numberValue: 1 },
      ),
    ).toEqual(JSON.parse('{"recipe":{"steps":[{"text":"Boil","minutes":8.5},null],"with salt":false},"__proto__":{"x":1}}'));
    expect(({} as { readonly x?: number }).x).toBeUndefined();
  });

  test('paths that lead nowhere, or far beyond any list, change nothing', () => {
    expect(argumentsOf({ jsonPath: '$', stringValue: 'x' }, { jsonPath: '$.a[99999]', numberValue: 1 })).toEqual({ a: [] });
  });
});

describe('calls in a stream', () => {
  const decode = (calls: readonly JsonObject[]): unknown => {
    const decoder = new GeminiStreamDecoder();
    const events = calls.flatMap((functionCall, i) => {
      const candidate = { content: { parts: [{ functionCall }] }, ...(i === calls.length - 1 && { finishReason: 'STOP' }) };
      return decoder.push({ event: '', data: JSON.stringify({ candidates: [candidate] }) });
    });
    const [choice] = foldAnswer(events).choices;
    return choice?.parts.map((part) => (part.type === 'tool-call' ? [part.name, part.argumentsJson] : part));
  };
  const city = (text: string): JsonObject => ({ partialArgs: [{ jsonPath: '$.city', stringValue: text }], willContinue: true });
  const begin = { name: 'weather', willContinue: true };

  test('two after each other keep their own arguments', () => {
    expect(decode([begin, city('Rome'), {}, begin, city('Oslo'), {}])).toEqual([
      ['weather', '{"city":"Rome"}'],
      ['weather', '{"city":"Oslo"}'],
    ]);
  });

  test('one that another, or the end of the answer, cuts off is told with what it has', () => {
    expect(decode([begin, city('Rome'), begin, city('Oslo')])).toEqual([
      ['weather', '{"city":"Rome"}'],
      ['weather', '{"city":"Oslo"}'],
    ]);
    expect(decode([begin])).toEqual([['weather', '{}']]);
  });
});
