import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../support/fake-clock.ts';
import type { ApiResult, TokenReview } from '../support/kube-api.ts';
import { bearerToken, staticTokenAuthenticator } from './authenticate-proxy.ts';
import { TokenReviewAuthenticator } from './token-review-authenticator.ts';

const USERNAME = 'system:serviceaccount:headgate:headgate-proxy';
const good: TokenReview = {
  authenticated: true,
  username: USERNAME,
  uid: 'u',
  groups: [],
  extra: { 'authentication.kubernetes.io/pod-name': ['headgate-proxy-1'] },
  audiences: ['headgate'],
  error: undefined,
};
const away: ApiResult<TokenReview> = { type: 'error', error: { status: 0, reason: 'Reset', message: 'away', retryAfterMs: undefined } };

function jwt(expSeconds: number): string {
  return `e30.${Buffer.from(JSON.stringify({ exp: expSeconds })).toString('base64url')}.sig`;
}

describe('TokenReviewAuthenticator', () => {
  const setup = (answer: ApiResult<TokenReview>) => {
    const clock = new FakeClock();
    const api = {
      answer,
      reviews: 0,
      reviewToken: () => {
        api.reviews++;
        return Promise.resolve(api.answer);
      },
    };
    const authenticator = new TokenReviewAuthenticator(api, { audience: 'headgate', username: USERNAME }, clock);
    return { clock, api, authenticator };
  };

  test('binds the proxy to the pod in its token', async () => {
    const { authenticator } = setup({ type: 'ok', value: good });
    expect(await authenticator.authenticate('t')).toEqual({ type: 'Authenticated', podName: 'headgate-proxy-1' });
  });

  test.each([
    ['of another account', { username: 'system:serviceaccount:default:default' }],
    ['for another audience', { audiences: ['https://kubernetes.default.svc'] }],
    ['that is not valid', { authenticated: false, error: 'expired' }],
  ])('refuses a token %s', async (_what, change) => {
    const { authenticator } = setup({ type: 'ok', value: { ...good, ...change } });
    expect((await authenticator.authenticate('t')).type).toBe('Refused');
  });

  test('asks again after 5 minutes, or when the token expires if that is sooner', async () => {
    const { clock, api, authenticator } = setup({ type: 'ok', value: good });
    await authenticator.authenticate('opaque');
    await clock.advance(299_000);
    await authenticator.authenticate('opaque');
    expect(api.reviews).toBe(1);
    await clock.advance(2_000);
    await authenticator.authenticate('opaque');
    expect(api.reviews).toBe(2);
    const short = jwt(clock.now() / 1000 + 60);
    await authenticator.authenticate(short);
    await clock.advance(61_000);
    await authenticator.authenticate(short);
    expect(api.reviews).toBe(4);
  });

  test('lets known proxies reconnect while the API server is away, until their token expires', async () => {
    const { clock, api, authenticator } = setup({ type: 'ok', value: good });
    const token = jwt(clock.now() / 1000 + 3600);
    await authenticator.authenticate(token);
    api.answer = away;
    await clock.advance(10 * 60_000);
    expect((await authenticator.authenticate(token)).type).toBe('Authenticated');
    expect((await authenticator.authenticate('stranger')).type).toBe('Unavailable');
    await clock.advance(3_600_000);
    expect((await authenticator.authenticate(token)).type).toBe('Unavailable');
  });

  test('asks about a refused token again after 10 s', async () => {
    const { clock, api, authenticator } = setup({ type: 'ok', value: { ...good, authenticated: false } });
    await authenticator.authenticate('t');
    await authenticator.authenticate('t');
    expect(api.reviews).toBe(1);
    api.answer = { type: 'ok', value: good };
    await clock.advance(10_001);
    expect((await authenticator.authenticate('t')).type).toBe('Authenticated');
  });
});

describe('staticTokenAuthenticator', () => {
  test('takes exactly its token', async () => {
    const authenticator = staticTokenAuthenticator('right');
    expect((await authenticator.authenticate('right')).type).toBe('Authenticated');
    expect((await authenticator.authenticate('wrong')).type).toBe('Refused');
  });
});

describe('bearerToken', () => {
  test('reads a bearer header and nothing else', () => {
    expect(bearerToken('Bearer abc')).toBe('abc');
    expect(bearerToken('Basic abc')).toBeUndefined();
    expect(bearerToken('Bearer a b')).toBeUndefined();
    expect(bearerToken(undefined)).toBeUndefined();
  });
});
