import { expect, test } from '@jest/globals';
import { readTokenReview } from './token-review.ts';

test('a review that says yes carries who it is', () => {
  const user = {
    username: 'system:serviceaccount:a:b',
    uid: 'u',
    groups: ['g'],
    extra: { 'authentication.kubernetes.io/pod-name': ['p'] },
  };
  expect(readTokenReview({ status: { authenticated: true, audiences: ['headgate'], user } })).toEqual({
    authenticated: true,
    ...user,
    audiences: ['headgate'],
    error: undefined,
  });
});

test.each([
  undefined,
  null,
  {},
  { status: {} },
  { status: { authenticated: 'true' } },
  { status: { authenticated: false, error: 'expired' } },
])('%j is a no', (body) => {
  expect(readTokenReview(body).authenticated).toBe(false);
});
