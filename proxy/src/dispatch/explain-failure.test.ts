import { describe, expect, test } from '@jest/globals';
import type { FailureReason } from '../wire/failure.ts';
import { explainCut, explainFailures, explainLosses, type TargetFailure } from './explain-failure.ts';

function failures(...reasons: readonly FailureReason[]): readonly TargetFailure[] {
  return reasons.map((reason, i) => ({
    targetId: `team/p${i}/m`,
    error: { reason, message: `said ${reason}`, retryAfterMs: 1000 * (i + 1) },
  }));
}

describe('explainFailures', () => {
  test.each<[readonly FailureReason[], string, number]>([
    [['server', 'timeout'], 'all_targets_failed', 502],
    [['timeout', 'timeout'], 'upstream_timeout', 504],
    [['rate-limited', 'quota-exhausted'], 'rate_limited', 429],
    [['overloaded', 'rate-limited'], 'no_usable_target', 503],
    [['auth'], 'all_targets_failed', 502],
    [[], 'no_usable_target', 503],
  ])('%j is %s', (reasons, code, status) => {
    expect(explainFailures(failures(...reasons))).toMatchObject({ code, status, shouldRetry: false });
  });

  test("the provider's own status and words are passed on where every target answered alike, without the provider's key", () => {
    const told = (status: number, message: string): TargetFailure => ({ targetId: 't', error: { reason: 'auth', status, message } });
    expect(explainFailures([told(401, 'Incorrect API key provided: sk-proj-abc123****xyz9.')])).toMatchObject({
      status: 401,
      openaiType: 'authentication_error',
      anthropicType: 'authentication_error',
      message: 'Incorrect API key provided: [key]',
      shouldRetry: false,
    });
    // What the provider has masked itself is safe to show, and is what it said.
    const masked = 'Incorrect API key provided: sk-test*********wxyz. You can find yours at its site.';
    expect(explainFailures([told(401, masked)]).message).toBe(masked);
    expect(explainFailures([told(403, 'no'), told(403, 'not you')])).toMatchObject({ status: 403, message: 'not you' });
    expect(explainFailures([told(403, 'no'), told(401, 'not you')])).toMatchObject({ status: 502, code: 'all_targets_failed' });
  });

  test('a kind of call that no target offers is a mistake of the call', () => {
    expect(explainFailures(failures('not-found'))).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('names every target and why, and the shortest time to wait', () => {
    const error = explainFailures(failures('server', 'timeout'));
    expect(error.message).toBe('Every target failed. team/p0/m: server (said server); team/p1/m: timeout (said timeout).');
    expect(error.retryAfterMs).toBe(1000);
  });

  test("a context that is too long for every target is the caller's to shorten", () => {
    expect(
      explainFailures([
        { targetId: 't', error: { reason: 'context-length', status: 400, message: 'too long', code: 'context_length_exceeded' } },
      ]),
    ).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      message: 'too long',
    });
  });
});

test('a broken stream is told with the target and what happened', () => {
  expect(
    explainCut({ targetId: 'team/p/m', error: { reason: 'network', message: 'connection reset by the provider', status: 200 } }),
  ).toMatchObject({
    code: 'stream_interrupted',
    message: 'The answer broke off. team/p/m: network 200 (connection reset by the provider).',
  });
});

test('a target that cannot carry fields is told by the worst of them', () => {
  const losses = [
    { field: 'top_k', reason: 'no counterpart' },
    { field: 'thread', reason: 'kept elsewhere', fatal: true as const },
  ];
  expect(explainLosses(losses)).toEqual({
    reason: 'bad-request',
    code: 'lossy_translation',
    message: 'the target cannot carry top_k (no counterpart), thread (kept elsewhere)',
    param: 'thread',
  });
});
