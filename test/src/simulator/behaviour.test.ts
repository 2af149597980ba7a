import { describe, expect, test } from '@jest/globals';
import { behaviourFromText } from './behaviour.ts';

describe('behaviourFromText', () => {
  test('reads several settings', () => {
    expect(behaviourFromText('status=429, retry-after=2')).toEqual({ type: 'behaviour', behaviour: { status: 429, retryAfterSeconds: 2 } });
  });

  test('reads nothing from an empty text', () => {
    expect(behaviourFromText('')).toEqual({ type: 'behaviour', behaviour: {} });
  });

  test.each([
    ['slow=1', 'unknown behaviour "slow"'],
    ['token-ms=fast', 'must be a number'],
    ['token-ms', 'must be a number'],
    ['cut-after=-1', 'must be a number >= 0'],
    ['status=200', 'between 400 and 599'],
  ])('refuses %s and says why', (text, message) => {
    expect(behaviourFromText(text)).toEqual({ type: 'invalid', message: expect.stringContaining(message) });
  });
});
