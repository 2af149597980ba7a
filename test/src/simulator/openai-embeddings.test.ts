import { describe, expect, test } from '@jest/globals';
import { listOf, objectOf } from './json.ts';
import { answerEmbeddings, embed } from './openai-embeddings.ts';

describe('answerEmbeddings', () => {
  test('base64 carries the same numbers as floats', () => {
    const embedding = (format: string) => {
      const answer = answerEmbeddings({ model: 'm', input: 'a river and a gate', dimensions: 16, encoding_format: format });
      return answer.type === 'answer' ? objectOf(listOf(answer.body['data'])[0])['embedding'] : undefined;
    };
    const bytes = Buffer.from(String(embedding('base64')), 'base64');
    expect(Array.from({ length: 16 }, (_, index) => bytes.readFloatLE(index * 4))).toEqual(embedding('float'));
  });

  test.each([
    [{ input: 'x' }, 'model'],
    [{ model: 'm' }, 'input'],
    [{ model: 'm', input: [1, 2] }, 'input'],
    [{ model: 'm', input: 'x', dimensions: 0 }, 'dimensions'],
  ])('refuses %j', (body, named) => {
    expect(answerEmbeddings(body)).toEqual({ type: 'invalid', message: expect.stringContaining(named) });
  });
});

describe('embed', () => {
  test('gives unit vectors in which related texts are nearer than others', () => {
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
    const base = embed('the river flows to the sea', 256);
    expect(dot(base, base)).toBeCloseTo(1, 5);
    expect(dot(base, embed('the river flows north', 256))).toBeGreaterThan(dot(base, embed('quarterly tax report', 256)));
  });
});
