import { describe, expect, test } from '@jest/globals';
import { TokenEstimator } from './token-estimator.ts';

function estimate(...texts: string[]): number {
  const estimator = new TokenEstimator();
  for (const text of texts) estimator.addText(text);
  return estimator.tokens;
}

describe('TokenEstimator', () => {
  test.each([
    // About what byte-pair vocabularies of 100-200 k entries give.
    ['The quick brown fox jumps over the lazy dog and runs into the forest.', 15],
    ['{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}', 21],
    ['機械学習モデルは大量のデータから規則性を学びます。', 17],
  ])('is in the range of a tokenizer: %s', (text, tokens) => {
    expect(estimate(text)).toBeGreaterThan(tokens / 2);
    expect(estimate(text)).toBeLessThan(tokens * 2.2);
  });

  test('what is too long to read is extrapolated to within a tenth', () => {
    const page = 'All happy families are alike; 1 unhappy family is not. '.repeat(100);
    const expected = estimate(page) * 1000;
    expect(Math.abs(estimate(page.repeat(1000)) - expected)).toBeLessThan(expected / 10);
    expect(Math.abs(estimate(...Array.from({ length: 1000 }, () => page)) - expected)).toBeLessThan(expected / 10);
  });

  test('nothing is no tokens, images and files count without being read', () => {
    expect(estimate('')).toBe(0);
    const estimator = new TokenEstimator();
    estimator.addImage();
    estimator.addFile(0);
    estimator.addAudio(20_000);
    estimator.addTokens(3);
    expect(estimator.tokens).toBe(800 + 500 + 10 + 3);
  });
});
