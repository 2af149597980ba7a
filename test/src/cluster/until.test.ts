import { describe, expect, test } from '@jest/globals';
import { until } from './until.ts';

describe('until', () => {
  test('returns the first answer, past failures and empty answers', async () => {
    const answers = [() => Promise.reject(new Error('down')), () => Promise.resolve(undefined), () => Promise.resolve('up')];
    await expect(until('the service', 5_000, () => answers.shift()?.() ?? Promise.resolve('late'))).resolves.toBe('up');
  });

  test('gives up with what it waited for and the last reason', async () => {
    await expect(until('the service', 1, () => Promise.reject(new Error('down')))).rejects.toThrow('the service: not within 1 ms (down)');
  });
});
