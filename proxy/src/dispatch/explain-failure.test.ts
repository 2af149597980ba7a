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
